#include "sealed.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "openid.h"

static struct vault *
vault_in(const char *folder)
{
	char path[192], line[2 * VAULT_KEY + 1];
	uint8_t key[VAULT_KEY];
	struct vault *vault;
	FILE *file;

	snprintf(path, sizeof(path), "%s/phones.key", folder);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	assert_true(sodium_init() >= 0);
	assert_int_equal(sodium_hex2bin(key, sizeof(key), line, strlen(line), NULL, NULL, NULL), 0);
	vault = vault_create(key);
	assert_non_null(vault);
	return vault;
}

redisContext *
sealed_redis(const struct world *w)
{
	char path[160];
	redisContext *redis;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	return redis;
}

static void
check_and_free(redisReply *reply)
{
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	freeReplyObject(reply);
}

void
know_by_openid(struct world *w, const char *handle, const char *openid)
{
	const char *person_id = caller_person(person(w, handle));
	struct vault *vault = vault_in(w->folder);
	redisContext *redis = sealed_redis(w);
	char sealed[OPENID_SEALED];
	struct id id;

	assert_true(id_parse(&id, text_of(person_id)));
	openid_seal(vault, id, openid, sealed);
	check_and_free(redisCommand(redis, "HSET {%u}:person:%s openid %s", id.partition, person_id, sealed));
	redisFree(redis);
	vault_destroy(vault);
}

void
know_phone(struct world *w, const char *person_id, const char *digits)
{
	struct vault *vault = vault_in(w->folder);
	redisContext *redis = sealed_redis(w);
	char hash_text[PHONE_HASH_TEXT], sealed[VAULT_SEALED];
	struct phone_hash hash;
	struct phone phone;

	assert_true(phone_parse(&phone, text_of(digits)));
	hash = vault_hash(vault, phone);
	check_and_free(redisCommand(redis, "HSET {%d}:person:%s phone %s sealed %s", (int)strtol(person_id, NULL, 10),
		person_id, phone_hash_print(hash_text, &hash), vault_seal(vault, phone, sealed)));
	check_and_free(
		redisCommand(redis, "HSET {%u}:phones %s %s", phone_hash_partition(&hash), hash_text, person_id));
	redisFree(redis);
	vault_destroy(vault);
}

void
know_token(redisContext *redis, const char *key_folder, const char *token, uint64_t life_ms)
{
	struct vault *vault = vault_in(key_folder);
	char sealed[VAULT_SEALED_TEXT(VAULT_TEXT_MAX)];

	vault_seal_text(vault, "wechat token", text_of(token), sealed);
	check_and_free(redisCommand(redis, "HSET {0}:wechat:token appid %s token %s expires %llu", STAND_IN_APPID,
		sealed, (unsigned long long)(clock_wall_ms() + life_ms)));
	vault_destroy(vault);
}
