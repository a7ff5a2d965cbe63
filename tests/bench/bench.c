#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 60000

void
bench_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

void
bench_read_word(const char *folder, const char *name, char *out, size_t room)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file || !fgets(out, (int)room, file))
		bench_die(path);
	fclose(file);
	out[strcspn(out, "\n")] = '\0';
}

void
bench_open(struct bench *bench, const char *folder)
{
	char address[128];

	bench_read_word(folder, "listen", address, sizeof(address));
	bench_read_word(folder, "dev.token", bench->token, sizeof(bench->token));
	snprintf(bench->url, sizeof(bench->url), "ws://%s", address);
	uv_loop_init(&bench->loop);
	bench->dialer = dialer_create(&bench->loop);
}

struct caller *
bench_caller(struct bench *bench, const char *handle, void (*state)(struct caller *, enum caller_state, void *),
	void (*event)(struct caller *, const Event *, void *), void *context)
{
	struct caller_options options = {.url = bench->url,
		.token = bench->token,
		.handle = handle,
		.timeout_ms = TIMEOUT_MS,
		.state = state,
		.event = event,
		.context = context};

	return caller_create(bench->dialer, &options);
}

void
bench_close(struct bench *bench)
{
	dialer_destroy(bench->dialer);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	dialer_finish(bench->dialer);
	uv_loop_close(&bench->loop);
}
