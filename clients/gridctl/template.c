/* template.c - templates of calls: saved for a place, listed, removed; read when a call is posted by one. */
#include "template.h"

#include <stdio.h>

#include "call.h"
#include "draft.h"

typedef Gridvanguard__V1__Template Template;

static Answer *
ask_for(struct tool *tool, const char *place, const char *name, int *status)
{
	Gridvanguard__V1__TemplateList body = GRIDVANGUARD__V1__TEMPLATE_LIST__INIT;
	Request request = REQUEST(TEMPLATE_LIST, &body);

	body.place = UNCONST(place);
	body.name = UNCONST(name);
	return tool_ask(tool, &request, status);
}

Answer *
template_read(struct tool *tool, const char *place, const char *name, int *status)
{
	Answer *answer;

	if (!name[0]) {
		fprintf(stderr, T("gridctl: --template: a name is needed\n", "gridctl: --template：需要名称\n"));
		*status = EXIT_USAGE;
		return NULL;
	}
	answer = ask_for(tool, place, name, status);
	if (answer && answer->template_list->n_templates == 1 && answer->template_list->templates[0]->call)
		return answer;
	if (answer)
		*status = EXIT_AWAY; /* a hub that does not keep to the protocol */
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return NULL;
}

/* Save. */

static int
save(struct tool *tool, struct draft *draft)
{
	Gridvanguard__V1__TemplateSave body = GRIDVANGUARD__V1__TEMPLATE_SAVE__INIT;
	Request request = REQUEST(TEMPLATE_SAVE, &body);

	if (!draft_read(draft, tool))
		return EXIT_USAGE;
	body.place = UNCONST(tool->args.words[0]);
	body.name = UNCONST(tool->args.words[1]);
	body.call = &draft->body;
	return tool_do(tool, &request, T("saved, without its times", "模板已保存（不含时间）"));
}

/* What a call that there is says, or nothing, and the flags over it. */
int
run_template_save(struct tool *tool)
{
	const char *call = args_get(&tool->args, "call");
	struct draft draft;
	Answer *answer = NULL;
	int status;

	draft_init(&draft, tool->args.words[0]);
	if (call) {
		answer = call_read(tool, call, &status);
		if (!answer)
			return status;
		draft_of_call(&draft, answer->call_show->call);
	}
	status = save(tool, &draft);
	draft_finish(&draft);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}

/* List. */

int
run_template_list(struct tool *tool)
{
	int status;
	Answer *answer = ask_for(tool, tool->args.words[0], "", &status);
	size_t count;

	if (!answer)
		return status;
	count = answer->template_list->n_templates;
	for (size_t i = 0; i < count; i++) {
		const Template *template = answer->template_list->templates[i];
		if (tool->json)
			print_message(&template->base);
		else
			printf("%-18s  %s\n", template->place, template->name);
	}
	if (count == 0 && !tool->json)
		printf("%s", T("no templates\n", "没有模板\n"));
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Remove. */

int
run_template_remove(struct tool *tool)
{
	Gridvanguard__V1__TemplateRemove body = GRIDVANGUARD__V1__TEMPLATE_REMOVE__INIT;
	Request request = REQUEST(TEMPLATE_REMOVE, &body);

	body.place = UNCONST(tool->args.words[0]);
	body.name = UNCONST(tool->args.words[1]);
	return tool_do(tool, &request, T("removed", "模板已删除"));
}
