#include "knocking.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOW_US 40000 /* between the parts of a handshake, on a slow network */

static const char handshake[] = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
				"Sec-WebSocket-Protocol: gridvanguard.v1\r\n\r\n";

/* Without leaving a port in TIME_WAIT: there are not enough of them. */
static int
open_socket(void)
{
	const struct linger at_once = {.l_onoff = 1};
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* The status of the answer; 0 if the connection ends without one. */
static int
read_status(int fd)
{
	char answer[1024];
	size_t len = 0;
	ssize_t got;
	int status = 0;

	while ((got = recv(fd, answer + len, sizeof(answer) - 1 - len, 0)) > 0) {
		len += (size_t)got;
		answer[len] = '\0';
		if (strstr(answer, "\r\n\r\n"))
			return sscanf(answer, "HTTP/1.%*d %d", &status) == 1 ? status : 0;
	}
	return 0;
}

static int
shake_hands(int fd, unsigned slow_us)
{
	size_t half = slow_us ? sizeof(handshake) / 2 : 0;

	if (half) {
		send(fd, handshake, half, MSG_NOSIGNAL);
		usleep(slow_us);
	}
	send(fd, handshake + half, sizeof(handshake) - 1 - half, MSG_NOSIGNAL);
	return read_status(fd);
}

static void
knock(const struct sockaddr_in *to, struct knocks *knocks, unsigned slow_us)
{
	uint64_t started_us = world_now_us(), took_us;
	int fd = open_socket(), status;

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) != 0) {
		knocks->refused++;
		close(fd);
		return;
	}
	status = shake_hands(fd, slow_us);
	took_us = world_now_us() - started_us - slow_us;
	knocks->answered += status == 101;
	knocks->cut += status == 0;
	knocks->unlike += status != 0 && status != 101;
	if (took_us > knocks->longest_us)
		knocks->longest_us = (uint32_t)took_us;
	close(fd);
}

static bool
is_over(struct knocking *knocking)
{
	return atomic_load((_Atomic bool *)&knocking->over);
}

static pid_t
begin_one(struct knocking *knocking, unsigned i, const struct sockaddr_in *to)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!is_over(knocking))
		knock(to, &knocking->by[i], i > 0 ? SLOW_US : 0);
	_exit(0);
}

struct knocking *
knocking_begin(const char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct knocking *knocking =
		mmap(NULL, sizeof(*knocking), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(knocking != MAP_FAILED);
	to.sin_port = htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10));
	for (unsigned i = 0; i < KNOCKERS; i++)
		knocking->pids[i] = begin_one(knocking, i, &to);
	return knocking;
}

static uint32_t
answered(const struct knocking *knocking, unsigned i)
{
	return atomic_load((const _Atomic uint32_t *)&knocking->by[i].answered);
}

void
knocking_again(struct world *w, const struct knocking *knocking)
{
	for (unsigned i = 0; i < KNOCKERS; i++) {
		uint32_t before = answered(knocking, i);
		/* The next one may have been on its way already. */
		wait_until(w, answered(knocking, i) >= before + 2, "somebody who knocks to be answered");
	}
}

void
knocking_end(struct knocking *knocking)
{
	atomic_store((_Atomic bool *)&knocking->over, true);
	for (unsigned i = 0; i < KNOCKERS; i++) {
		const struct knocks *by = &knocking->by[i];
		assert_int_equal(waitpid(knocking->pids[i], NULL, 0), knocking->pids[i]);
		knocking->all.answered += by->answered;
		knocking->all.refused += by->refused;
		knocking->all.cut += by->cut;
		knocking->all.unlike += by->unlike;
		knocking->all.longest_us = MAX(knocking->all.longest_us, by->longest_us);
	}
}

void
knocking_free(struct knocking *knocking)
{
	munmap(knocking, sizeof(*knocking));
}
