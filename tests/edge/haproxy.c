#include "haproxy.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "redis_server.h"

#define LOOK_US     10000
#define REJECT_LINE "\ttcp-request connection reject if { sc0_conn_cur gt "

/* What is another here than as shipped: line by line what it starts with, and what stands there instead. */
static void
write_line(FILE *out, const struct haproxy *proxy, const struct world *w, const char *line)
{
	static const char *const dropped[] = {"\tlog /dev/log", "\tuser ", "\tgroup ", "\tchroot "};

	for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
		if (strncmp(line, dropped[i], strlen(dropped[i])) == 0)
			return;
	if (strncmp(line, "\tstats socket", 13) == 0)
		fprintf(out, "\tstats socket %s/admin.sock mode 600 level admin expose-fd listeners\n", proxy->folder);
	else if (strncmp(line, "\tmaxconn", 8) == 0)
		fprintf(out, "\tmaxconn 100\n");
	else if (strncmp(line, "\tbind :80", 9) == 0)
		fprintf(out, "\tbind 127.0.0.1:%u\n", proxy->http_port);
	else if (strncmp(line, "\tbind :443", 10) == 0)
		fprintf(out, "\tbind 127.0.0.1:%u ssl crt %s/edge.pem %s", proxy->https_port, proxy->folder,
			strstr(line, "alpn"));
	else if (proxy->per_source && strncmp(line, REJECT_LINE, strlen(REJECT_LINE)) == 0)
		fprintf(out, REJECT_LINE "%u }\n", proxy->per_source);
	else if (strncmp(line, "\tserver hub1", 12) == 0)
		fprintf(out, "\tserver hub1 %s\n", w->address);
	else
		fputs(line, out);
}

static void
write_config(const struct haproxy *proxy, const struct world *w)
{
	char path[256], line[1024];
	FILE *in = fopen(HAPROXY_CFG, "re"), *out;

	snprintf(path, sizeof(path), "%s/haproxy.cfg", proxy->folder);
	out = fopen(path, "we");
	assert_true(in && out);
	while (fgets(line, sizeof(line), in))
		write_line(out, proxy, w, line);
	fclose(in);
	fclose(out);
}

static void
make_certificate(const struct haproxy *proxy, const char *name)
{
	char made[256], used[256], subject[64];
	struct ended ended;

	snprintf(made, sizeof(made), "%s/new.pem", proxy->folder);
	snprintf(used, sizeof(used), "%s/edge.pem", proxy->folder);
	snprintf(subject, sizeof(subject), "/CN=%s", name);
	unlink(made);
	ended = run_program((const char *const[]){"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
		"ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject, "-addext",
		"subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", made, "-out", made, NULL});
	assert_int_equal(ended.status, 0);
	assert_int_equal(rename(made, used), 0);
}

/* Whose certificate a new connection sees. */
static bool
shows(const struct haproxy *proxy, const char *name)
{
	struct ended ended = tls_try(proxy, NULL);
	char subject[64];

	snprintf(subject, sizeof(subject), "subject=CN = %s\n", name);
	return strstr(ended.said, subject) != NULL;
}

static void
wait_for_certificate(const struct haproxy *proxy, const char *name)
{
	uint64_t until_us = clock_mono_us() + (uint64_t)PATIENCE_S * 1000000;

	while (!shows(proxy, name)) {
		if (clock_mono_us() > until_us)
			fail_msg("waited in vain for the certificate of %s", name);
		usleep(LOOK_US);
	}
}

struct haproxy *
haproxy_start(const struct world *w, const char *name)
{
	return haproxy_start_bounded(w, name, 0);
}

struct haproxy *
haproxy_start_bounded(const struct world *w, const char *name, unsigned per_source)
{
	struct haproxy *proxy = calloc(1, sizeof(*proxy));
	char config[256], log[256];
	int output;

	assert_non_null(proxy);
	folder_make(proxy->folder, sizeof(proxy->folder), "edge");
	proxy->per_source = per_source;
	proxy->http_port = free_port();
	proxy->https_port = free_port();
	write_config(proxy, w);
	make_certificate(proxy, name);
	snprintf(config, sizeof(config), "%s/haproxy.cfg", proxy->folder);
	snprintf(log, sizeof(log), "%s/haproxy.log", proxy->folder);
	output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	proxy->master = spawn((const char *const[]){"haproxy", "-W", "-f", config, NULL}, output);
	close(output);
	wait_for_certificate(proxy, name);
	return proxy;
}

void
haproxy_new_certificate(struct haproxy *proxy, const char *name)
{
	make_certificate(proxy, name);
	kill(proxy->master, SIGUSR2); /* what systemctl reload does, once it has looked at the configuration */
	wait_for_certificate(proxy, name);
}

void
haproxy_end(struct haproxy *proxy)
{
	for (unsigned i = 0; i < proxy->tunnel_count; i++) {
		kill(proxy->tunnels[i], SIGKILL);
		waitpid(proxy->tunnels[i], NULL, 0);
	}
	kill(proxy->master, SIGTERM);
	waitpid(proxy->master, NULL, 0);
	folder_remove(proxy->folder);
	free(proxy);
}

static pid_t
spawn_tunnel(const struct haproxy *proxy, int end)
{
	char at[32];
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(at, sizeof(at), "127.0.0.1:%u", proxy->https_port);
	dup2(end, STDIN_FILENO);
	dup2(end, STDOUT_FILENO);
	dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	execlp("openssl", "openssl", "s_client", "-quiet", "-connect", at, "-servername", "localhost", "-alpn",
		"http/1.1", NULL);
	_exit(127);
}

void
tls_open(struct haproxy *proxy, struct socket *s)
{
	int ends[2];

	assert_true(proxy->tunnel_count < ARRAY_LEN(proxy->tunnels));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	proxy->tunnels[proxy->tunnel_count++] = spawn_tunnel(proxy, ends[1]);
	close(ends[1]);
	*s = (struct socket){.fd = ends[0]};
}

struct ended
tls_try(const struct haproxy *proxy, const char *const *options)
{
	char command[512];
	int len = snprintf(command, sizeof(command), "openssl s_client -connect 127.0.0.1:%u", proxy->https_port);

	for (; options && *options; options++)
		len += snprintf(command + len, sizeof(command) - (size_t)len, " %s", *options);
	snprintf(command + len, sizeof(command) - (size_t)len, " </dev/null");
	return run_program((const char *const[]){"sh", "-c", command, NULL});
}
