/* wechat.c - the hub and WeChat: how it is told of it, and that it starts whether WeChat is there or not. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "worlds.h"

static void
starts_without_asking_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(metric(w, "wechat_asked_total"), 0);
	assert_int_equal(metric(w, "wechat_left_alone"), 0);
	assert_int_equal(stand_in_asked(w->wechat, TOKEN_PATH), 0);
}

/* With a secret that says this and may be read so. */
static void
refuses_secret(const char *secret, mode_t mode, const char *said)
{
	struct world *w = world_prepare(NULL);
	char path[192];
	const char *argv[] = {hub_binary(), "--data", w->folder, "--listen", "127.0.0.1:0", "--wechat-appid", "wx01",
		"--wechat-secret-file", path, NULL};
	struct ended ended;
	int file;

	snprintf(path, sizeof(path), "%s/secret", w->folder);
	file = secret ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (secret) {
		assert_int_equal(write(file, secret, strlen(secret)), strlen(secret));
		assert_int_equal(fchmod(file, mode), 0);
		close(file);
	}
	ended = run_program(argv);
	assert_ended(&ended, 1, "wechat-secret-file");
	assert_ended(&ended, 1, said);
	if (secret && secret[0])
		assert_null(strstr(ended.said, secret));
	world_close(w);
}

static void
secret_must_be_one(void **state)
{
	(void)state;
	refuses_secret("5ec2e75ec2e7\n", 0644, "chmod 600");
	refuses_secret("5ec2e75ec2e7\n", 0640, "chmod 600");
	refuses_secret("", 0600, "is empty");
	refuses_secret("5ec2e75ec2e7\nmore\n", 0600, "more than one line");
	refuses_secret(NULL, 0600, "No such file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh_with_wechat(starts_without_asking_it, NULL),
		cmocka_unit_test(secret_must_be_one),
	};

	return run_in_worlds(tests);
}
