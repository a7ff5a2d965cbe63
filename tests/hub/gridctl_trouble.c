/* gridctl_trouble.c - what gridctl says when something besides a rule is in the way: a frame too long, a hub that closes,
 * one that was started anew, a full disk, a file that is not there, a list that was cut. */
#include <arpa/inet.h>
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

#define LONG_TEXT 20000

static const char *
long_text(void)
{
	static char text[LONG_TEXT + 1];

	memset(text, 'x', LONG_TEXT);
	return text;
}

/* Frames. */

static void
what_fits_into_no_frame_is_not_sent(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1");

	assert_gridctl(w, "worker", 1,
		"gridctl: --body: at most 2,000 characters, and nothing that WeChat finds risky [BAD_REQUEST]", "call",
		"post", GRID_A, "--title", "x", "--body", long_text());
	assert_gridctl(w, "worker", 1,
		"gridctl: --body: at most 2,000 characters, and nothing that WeChat finds risky [BAD_REQUEST]", "call",
		"edit", call, "--body", long_text());
	assert_gridctl(w, "worker", 1, "gridctl: --answer 2: as the question asks, at most 200 characters", "join",
		call, "--answer", "a", "--answer", long_text());
	assert_gridctl(w, "worker", 1, "\"field\":\"text\"", "call", "thank", call, long_text(), "--json");
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"too_big\"}"), 0);
}

static void
a_name_too_long_is_refused_alone(void **state)
{
	struct world *w = *state;
	const char *path = say("%s/long.csv", w->folder);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "code,name\n%s901,Long ago\n%s902,%s\n%s903,Short\n", COMMUNITY, COMMUNITY, long_text(),
		COMMUNITY);
	fclose(file);
	assert_gridctl(w, "worker", 1,
		"long.csv:3: 140105007004902: refused: its name is empty, too long, or no clean text", "place",
		"import", path);
	assert_gridctl(w, "worker", 0, "Short", "place", "show", COMMUNITY "903");
}

/* Something that is no hub, on a port of its own, which says this to all who come, for as long as the test goes on. */
static pid_t
listen_and_say(char url[64], void (*say_it)(int fd, const char *handshake))
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	snprintf(url, 64, "ws://127.0.0.1:%u", ntohs(address.sin_port));
	pid = fork();
	assert_true(pid >= 0);
	while (pid == 0) {
		char handshake[4096];
		int fd = accept(listener, NULL, NULL);
		ssize_t got = read(fd, handshake, sizeof(handshake) - 1);
		if (got <= 0)
			_exit(1);
		handshake[got] = '\0';
		say_it(fd, handshake);
		while (read(fd, handshake, sizeof(handshake)) > 0)
			;
		close(fd);
	}
	close(listener);
	return pid;
}

static void
stop_saying(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* RFC 6455, 4.2.2: the handshake; and then a close frame (5.5.1) with code 1009, as the hub's for a frame too big. */
static void
close_too_big(int fd, const char *handshake)
{
	static const char name[] = "Sec-WebSocket-Key: ", reason[] = "a frame is at most 16384 bytes";
	const char *key = strcasestr(handshake, name);
	char salted[128], accept[64], answer[512];
	unsigned char digest[20];
	int len;

	if (!key)
		_exit(1);
	snprintf(salted, sizeof(salted), "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + strlen(name));
	lws_SHA1((const unsigned char *)salted, strlen(salted), digest);
	lws_b64_encode_string((const char *)digest, sizeof(digest), accept, sizeof(accept));
	len = snprintf(answer, sizeof(answer),
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: gridvanguard.v1\r\n\r\n%c%c%c%c%s",
		accept, 0x88, (int)strlen(reason) + 2, 1009 >> 8, 1009 & 0xff, reason);
	if (write(fd, answer, (size_t)len) != len)
		_exit(1);
}

/* It would be no better the next time: gridctl does not wait until the time is up, which is longer than a test waits. */
static void
a_connection_closed_for_what_was_sent_is_not_tried_again(void **state)
{
	struct world *w = *state;
	char url[64];
	pid_t pid = listen_and_say(url, close_too_big);

	assert_gridctl(w, "an", 1, "the hub closed the connection: a frame is at most 16384 bytes (1009)\n", "whoami",
		"--hub", url, "--timeout", "600");
	assert_gridctl(w, "an", 1, "：中枢关闭了连接：a frame is at most 16384 bytes（1009）", "whoami", "--hub", url,
		"--timeout", "600", "--lang", "zh");
	stop_saying(pid);
}

static void
say_not_found(int fd, const char *handshake)
{
	static const char answer[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

	(void)handshake;
	if (write(fd, answer, strlen(answer)) < 0)
		_exit(1);
}

static void
say_moved(int fd, const char *handshake)
{
	static const char answer[] =
		"HTTP/1.1 301 Moved Permanently\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";

	(void)handshake;
	if (write(fd, answer, strlen(answer)) < 0)
		_exit(1);
}

static void
a_redirect_is_no_hub(void **state)
{
	struct world *w = *state;
	char url[64];
	pid_t pid = listen_and_say(url, say_moved);

	assert_gridctl(w, "an", 3, "(what answers there is no hub)", "whoami", "--hub", url, "--timeout", "1");
	stop_saying(pid);
}

static void
why_no_hub_answers_is_said_in_both_languages(void **state)
{
	struct world *w = *state;
	char url[64];
	pid_t pid = listen_and_say(url, say_not_found);

	assert_gridctl(w, "an", 3, "(what answers there is no hub)", "whoami", "--hub", url, "--timeout", "1");
	assert_gridctl(
		w, "an", 3, "没有中枢应答（应答的不是中枢）", "whoami", "--hub", url, "--timeout", "1", "--lang", "zh");
	stop_saying(pid);
	assert_gridctl(
		w, "an", 3, "(the connection is refused or breaks off)", "whoami", "--hub", url, "--timeout", "1");
	assert_gridctl(w, "an", 3, "没有中枢应答（连接被拒绝或中断）", "whoami", "--hub", url, "--timeout", "1",
		"--lang", "zh");
}

/* Logins. */

static void
a_login_the_hub_no_longer_knows_says_how_to_log_in_again(void **state)
{
	struct world *w = *state;
	struct ended ended;

	ended = gridctl_bare(w, "login", "an", "--dev", "--data", w->folder);
	assert_ended(&ended, 0, "an is person");
	ended = gridctl_bare(w, "whoami", "--hub", say("ws://%s", w->address));
	assert_ended(&ended, 0, "an is person");
	hub_again(w, SIGTERM);
	ended = gridctl_bare(w, "whoami", "--hub", say("ws://%s", w->address));
	assert_ended(&ended, 4, ": the hub does not know this login\n");
	assert_ended(&ended, 4,
		"gridctl: a hub that was started anew wants a new login: gridctl login an --dev --data FOLDER\n");
	ended = gridctl_bare(w, "logout");
	assert_ended(&ended, 0, "logged out");
}

static void
no_login_is_spoken_of_where_no_hub_runs(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_bare(w, "login", "an", "--dev", "--data", say("%s/nowhere", w->folder));

	assert_ended(&ended, 3, "gridctl: no hub runs on the data folder ");
	assert_null(strstr(ended.said, "login"));
}

static void
a_bad_login_name_is_told_what_one_is(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "王芳", 4, "a login name has 1 to 32 of a-z, 0-9, - and _\n", "whoami");
}

/* Files and lists. */

static void
what_cannot_be_written_is_no_success(void **state)
{
	struct world *w = *state;
	struct ended ended;

	gridctl_post(w, "--limit", "2");
	ended = gridctl_shell(w, "\"$0\" call list " GRID_A " --data \"$1\" --as an > /dev/full");
	assert_ended(&ended, 5, "gridctl: standard output: No space left on device\n");
	ended = gridctl_shell(w, "\"$0\" call list " GRID_A " --data \"$1\" --as an --json --lang zh > /dev/full");
	assert_ended(&ended, 5, "gridctl: 标准输出：");
	ended = gridctl_shell(w, "\"$0\" place show 14 --data \"$1\" --as an <&- >&-");
	assert_ended(&ended, 5, "gridctl: standard output: Bad file descriptor\n");
	ended = gridctl_shell(
		w, "\"$0\" --help > /dev/full"); /* where it is more than is kept back, why is known no more */
	assert_ended(&ended, 5, "gridctl: standard output: ");
}

/* As `watch | head` does: what is printed next finds nobody, and that ends it, without a word. */
static void
watching_ends_when_nobody_reads(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_shell(w,
		"(\"$0\" watch " CITY " --plain --data \"$1\" --as an 3>&-; echo \"ended $?\" >&3) 3>&2 | "
		"(head -n 1; exec <&-; \"$0\" call post " GRID_A " --title x --data \"$1\" --as an 3>&-)");

	assert_ended(&ended, 0, "ended 5\n");
	assert_null(strstr(ended.said, "gridctl:"));
}

static void
a_file_that_cannot_be_read_is_named_with_why(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "an", 5, "gridctl: nofile: No such file or directory\n", "place", "import", "nofile");
	assert_gridctl(
		w, "an", 5, "gridctl: nofile：没有这个文件或目录\n", "place", "import", "nofile", "--lang", "zh");
	assert_gridctl(w, "an", 5, "gridctl: /: Is a directory\n", "place", "import", "/");
	assert_gridctl(w, "an", 5, "gridctl: nofile: No such file or directory\n", "place", "layout", "nofile");
}

static void
a_list_that_is_cut_says_so_to_people_and_programs(void **state)
{
	struct world *w = *state;
	const char *path = say("%s/many.csv", w->folder);
	FILE *file = fopen(path, "we");
	struct ended ended;

	assert_non_null(file);
	fputs("code,name\n", file);
	for (unsigned i = 1; i <= 201; i++)
		fprintf(file, "%s%03u,building %u\n", GRID_B, i, i);
	fclose(file);
	assert_gridctl(w, "an", 0, "added", "place", "import", path);
	ended = gridctl_shell(w, "\"$0\" place list " GRID_B " --data \"$1\" --as an >/dev/null");
	assert_ended(&ended, 0, "gridctl: only the first 200; --all lists all\n");
	ended = gridctl_shell(w, "\"$0\" place list " GRID_B " --data \"$1\" --as an --json >/dev/null");
	assert_ended(&ended, 0, "gridctl: only the first 200; --all lists all\n");
	ended = gridctl_shell(w, "\"$0\" place list " GRID_B " --data \"$1\" --as an --json --all | wc -l");
	assert_ended(&ended, 0, "201\n");
	assert_null(strstr(ended.said, "gridctl:"));
}

/* Bots. */

static void
bots_say_what_is_wrong_with_their_names(void **state)
{
	struct world *w = *state;
	struct ended ended;

	assert_gridctl(w, "an", 2, "gridctl: --prefix: 'Bot' is not 1 to 20 of a-z, 0-9, - and _\n", "bots", "--place",
		GRID_A, "--prefix", "Bot");
	assert_gridctl(w, "an", 2, "gridctl: --prefix: 'abcdefghijklmnopqrstu' is not", "bots", "--place", GRID_A,
		"--prefix", "abcdefghijklmnopqrstu");
	assert_gridctl(w, "an", 0, "2 members are registered and listening\n", "bots", "--place", GRID_A, "--count",
		"2", "--join", "0");
	ended = gridctl(w, "an", "bots", "--place", GRID_B, "--count", "2", "--join", "0");
	assert_ended(&ended, 1, ": is registered at " GRID_A);
	assert_ended(&ended, 1, ", not in " GRID_B "; other members are made by another --prefix\n");
	assert_ended(&ended, 1, "0 of 2 members signed up\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(what_fits_into_no_frame_is_not_sent),
		shared(a_name_too_long_is_refused_alone),
		shared(a_connection_closed_for_what_was_sent_is_not_tried_again),
		shared(a_redirect_is_no_hub),
		shared(why_no_hub_answers_is_said_in_both_languages),
		shared(no_login_is_spoken_of_where_no_hub_runs),
		shared(a_bad_login_name_is_told_what_one_is),
		shared(what_cannot_be_written_is_no_success),
		shared(watching_ends_when_nobody_reads),
		shared(a_file_that_cannot_be_read_is_named_with_why),
		shared(a_list_that_is_cut_says_so_to_people_and_programs),
		shared(bots_say_what_is_wrong_with_their_names),
		fresh(a_login_the_hub_no_longer_knows_says_how_to_log_in_again),
	};

	return run_in_worlds(tests);
}
