/* transport.c - servers that cannot be reached, cannot be found, or are not who they should be: nothing was done, and
 * nothing waits for it. */
#include "city.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "macros.h"
#include "program.h"
#include "redis_server.h"

/* Names. The one that libcurl calls is this. */

#define NAME_THAT_HANGS "https://hangs.example"
#define NAME_OF_NOBODY  "https://nobody.example"

static pthread_mutex_t hung = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool may_end;
static unsigned hanging;

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	(void)service;
	(void)hints;
	*out = NULL;
	if (strcmp(name, "hangs.example") != 0)
		return EAI_NONAME;
	pthread_mutex_lock(&hung);
	hanging++;
	while (!may_end)
		pthread_cond_wait(&changed, &hung);
	hanging--;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&hung);
	return EAI_AGAIN;
}

static void
let_names_end(void)
{
	pthread_mutex_lock(&hung);
	may_end = true;
	pthread_cond_broadcast(&changed);
	while (hanging > 0)
		pthread_cond_wait(&changed, &hung);
	pthread_mutex_unlock(&hung);
}

static void
ask_at(struct city *city, const char *base, const char *authorities)
{
	struct wechat_options options = city_options(city);

	options.base = base;
	options.authorities = authorities;
	city_replace(city, &options);
}

static void
server_that_refuses_was_not_asked(void **state)
{
	struct city *city = *state;
	char base[64];

	snprintf(base, sizeof(base), "http://127.0.0.1:%u", free_port());
	ask_at(city, base, NULL);
	assert_heard(login(city, "c1"), WECHAT_NOT_DONE, WECHAT_NONE);
	assert_heard(check(city, "好"), WECHAT_NOT_DONE, WECHAT_NONE);
}

static void
server_of_no_name_was_not_asked(void **state)
{
	struct city *city = *state;

	ask_at(city, NAME_OF_NOBODY, NULL);
	assert_heard(login(city, "c1"), WECHAT_NOT_DONE, WECHAT_NONE);
}

/* A resolver that does not answer: the call ends in its time, and the loop goes on, also when all is closed. */
static void
name_that_is_not_found_holds_nobody_up(void **state)
{
	struct city *city = *state;
	struct heard heard = {0}, other = {0};

	ask_at(city, NAME_THAT_HANGS, NULL);
	wechat_login(city->hubs[0], "c1", hear, &heard);
	wechat_login(city->hubs[1], "c1", hear, &other); /* which has another address */
	wait_for(city, &other, 1);
	assert_heard(other, WECHAT_DONE, WECHAT_NONE);
	wait_for(city, &heard, 1);
	assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE);
	assert_in_range(city->ticks, 20, UINT32_MAX);
	city_end_hub(city, 0);
	let_names_end();
}

/* TLS. */

static unsigned authorities_read;

/* What OpenSSL opens files with. */
FILE *
fopen64(const char *path, const char *mode)
{
	const char *name = strrchr(path, '/');
	int flags = mode[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
	int fd = open(path, flags | O_CLOEXEC, 0600);

	authorities_read += name && strcmp(name, "/certificate.pem") == 0;
	return fd < 0 ? NULL : fdopen(fd, mode);
}

#define PAGE "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n{\"openid\":\"o-tls\"}"

struct server {
	char folder[256];
	char certificate[300];
	char base[64];
	pid_t pid;
};

/* The one request it has an answer to is a file of its name. */
static void
write_page(const struct server *server, const char *code)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sns", server->folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s%s?appid=%s&secret=%s&js_code=%s&grant_type=authorization_code", server->folder,
		LOGIN_PATH, STAND_IN_APPID, STAND_IN_SECRET, code);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(PAGE, file);
	assert_int_equal(fclose(file), 0);
}

static void
make_certificate(struct server *server, const char *names)
{
	char key[300], alternative[64];
	const char *argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
		"-nodes", "-keyout", key, "-out", server->certificate, "-days", "2", "-subj", "/CN=test", "-addext",
		alternative, NULL};
	struct ended ended;

	snprintf(key, sizeof(key), "%s/key.pem", server->folder);
	snprintf(server->certificate, sizeof(server->certificate), "%s/certificate.pem", server->folder);
	snprintf(alternative, sizeof(alternative), "subjectAltName=%s", names);
	ended = run_program(argv);
	assert_ended(&ended, 0, "");
}

/* "ACCEPT 127.0.0.1:43210" */
static void
read_port(struct server *server, int pipe)
{
	struct pollfd poll_fd = {.fd = pipe, .events = POLLIN};
	char said[1024];
	size_t len = 0;
	const char *at = NULL;
	ssize_t got = 1;

	while (got > 0 && !(at && strchr(at, '\n')) && poll(&poll_fd, 1, PATIENCE_S * 1000) == 1) {
		got = read(pipe, said + len, sizeof(said) - 1 - len);
		len += got > 0 ? (size_t)got : 0;
		said[len] = '\0';
		at = strstr(said, "ACCEPT 127.0.0.1:");
	}
	assert_non_null(at);
	snprintf(server->base, sizeof(server->base), "https://%.*s", (int)strcspn(at + 7, "\n"), at + 7);
}

static struct server
start_server(const char *names)
{
	struct server server;
	const char *argv[] = {"sh", "-c",
		"cd \"$0\" && exec openssl s_server -accept 127.0.0.1:0 -cert certificate.pem -key key.pem -HTTP "
		"</dev/null",
		server.folder, NULL};
	int pipes[2];

	folder_make(server.folder, sizeof(server.folder), "tls");
	make_certificate(&server, names);
	write_page(&server, "c1");
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	server.pid = spawn(argv, pipes[1]);
	close(pipes[1]);
	read_port(&server, pipes[0]);
	close(pipes[0]);
	return server;
}

static void
end_server(const struct server *server)
{
	kill(server->pid, SIGKILL);
	assert_int_equal(waitpid(server->pid, NULL, 0), server->pid);
	folder_remove(server->folder);
}

static void
server_with_a_good_certificate_is_asked(void **state)
{
	struct city *city = *state;
	struct server server = start_server("IP:127.0.0.1");
	struct heard heard;

	ask_at(city, server.base, server.certificate);
	heard = login(city, "c1");
	end_server(&server);
	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_string_equal(heard.answer.person.openid, "o-tls");
}

/* Reading those of a system takes as long as twenty handshakes. */
static void
authorities_are_read_once(void **state)
{
	struct city *city = *state;
	struct server server = start_server("IP:127.0.0.1");
	struct heard heard[5];

	ask_at(city, server.base, server.certificate);
	authorities_read = 0;
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		heard[i] = login(city, "c1");
	end_server(&server);
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		assert_heard(heard[i], WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(authorities_read, 1);
}

static void
server_that_nobody_vouches_for_is_not_asked(void **state)
{
	struct city *city = *state;
	struct server server = start_server("IP:127.0.0.1");
	struct heard heard;

	ask_at(city, server.base, NULL);
	heard = login(city, "c1");
	end_server(&server);
	assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE);
}

static void
server_of_another_name_is_not_asked(void **state)
{
	struct city *city = *state;
	struct server server = start_server("DNS:api.weixin.qq.com,IP:127.0.0.2");
	struct heard heard;

	ask_at(city, server.base, server.certificate);
	heard = login(city, "c1");
	end_server(&server);
	assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_city(server_that_refuses_was_not_asked),
		in_city(server_of_no_name_was_not_asked),
		in_city(name_that_is_not_found_holds_nobody_up),
		in_city(server_with_a_good_certificate_is_asked),
		in_city(authorities_are_read_once),
		in_city(server_that_nobody_vouches_for_is_not_asked),
		in_city(server_of_another_name_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
