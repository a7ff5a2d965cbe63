/* words.c - what the two hubs of a take-over say to each other, and the one moment at which all changes hands. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "takeover.h"
#include "unit.h"

/* Both hubs, and what has become of them. */
struct talk {
	uv_loop_t loop;
	char folder[64];
	struct giver *giver;
	struct taker *taker;
	unsigned offers, kept, given, taken, refused;
	struct takeover_goods got;
	bool slow; /* the taker does not say yet that it serves */
};

static const char *
on_epoch(void *context)
{
	(void)context;
	return "e1";
}

static struct takeover_goods
on_offer(void *context)
{
	struct talk *talk = context;

	talk->offers++;
	return (struct takeover_goods){STDIN_FILENO, STDERR_FILENO};
}

static void
on_kept(void *context)
{
	((struct talk *)context)->kept++;
}

static void
on_given(void *context)
{
	((struct talk *)context)->given++;
}

static void
on_offered(struct takeover_goods goods, void *context)
{
	struct talk *talk = context;

	talk->got = goods;
	if (!talk->slow)
		taker_serve(talk->taker);
}

static void
on_taken(void *context)
{
	((struct talk *)context)->taken++;
}

static bool
on_alone(void *context)
{
	(void)context;
	return false;
}

static void
on_refused(const char *reason, void *context)
{
	(void)reason;
	((struct talk *)context)->refused++;
}

static void
talk_begin(struct talk *talk, bool slow)
{
	struct giver_options giver = {
		.folder = talk->folder,
		.epoch = on_epoch,
		.offer = on_offer,
		.kept = on_kept,
		.given = on_given,
		.context = talk,
	};
	struct taker_options taker = {
		.folder = talk->folder,
		.offered = on_offered,
		.taken = on_taken,
		.alone = on_alone,
		.refused = on_refused,
		.context = talk,
	};

	*talk = (struct talk){.folder = "/tmp/takeover-XXXXXX", .slow = slow, .got = {-1, -1}};
	assert_non_null(mkdtemp(talk->folder));
	log_set_level(LEVEL_ERROR);
	uv_loop_init(&talk->loop);
	talk->giver = giver_create(&talk->loop, &giver);
	assert_non_null(talk->giver);
	talk->taker = taker_create(&talk->loop, &taker);
	assert_non_null(talk->taker);
	taker_loaded(talk->taker, "e1");
}

/* Until the taker has been offered all; its answer, if it gives one, is not heard yet. */
static void
talk_until_offered(struct talk *talk)
{
	while (talk->got.lock < 0)
		uv_run(&talk->loop, UV_RUN_ONCE);
}

static void
end_giver(struct talk *talk)
{
	giver_destroy(talk->giver);
	talk->giver = NULL;
}

static void
talk_end(struct talk *talk)
{
	char path[128];

	if (talk->giver)
		end_giver(talk);
	taker_destroy(talk->taker);
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&talk->loop), 0);
	if (talk->got.lock >= 0) {
		close(talk->got.listener);
		close(talk->got.lock);
	}
	snprintf(path, sizeof(path), "%s/" TAKEOVER_SOCKET, talk->folder);
	unlink(path);
	assert_int_equal(rmdir(talk->folder), 0);
}

static void
all_changes_hands(void **state)
{
	struct talk talk;

	(void)state;
	talk_begin(&talk, false);
	while (!talk.given)
		uv_run(&talk.loop, UV_RUN_ONCE);
	assert_int_equal(talk.offers, 1);
	assert_int_equal(talk.taken, 1);
	assert_int_equal(talk.kept + talk.refused, 0);
	talk_end(&talk);
	assert_int_equal(talk.given, 1);
}

/* The word is in the queue, and counts for both, though the giver was about to end. */
static void
word_that_was_not_heard_counts(void **state)
{
	struct talk talk;

	(void)state;
	talk_begin(&talk, true);
	talk_until_offered(&talk);
	taker_serve(talk.taker);
	assert_int_equal(talk.taken, 1);
	assert_int_equal(talk.given, 0);
	end_giver(&talk);
	assert_int_equal(talk.given, 1);
	assert_int_equal(talk.kept, 0);
	talk_end(&talk);
	assert_int_equal(talk.refused, 0);
}

/* The giver has changed its mind: the word does not even reach it, and the taker hears why. */
static void
word_that_comes_after_counts_for_nobody(void **state)
{
	struct talk talk;

	(void)state;
	talk_begin(&talk, true);
	talk_until_offered(&talk);
	end_giver(&talk);
	assert_int_equal(talk.kept, 1);
	taker_serve(talk.taker);
	while (!talk.refused)
		uv_run(&talk.loop, UV_RUN_ONCE);
	taker_serve(talk.taker); /* changes nothing any more */
	talk_end(&talk);
	assert_int_equal(talk.taken + talk.given, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_changes_hands),
		cmocka_unit_test(word_that_was_not_heard_counts),
		cmocka_unit_test(word_that_comes_after_counts_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
