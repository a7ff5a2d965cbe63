/* place_image.c - the mini-program code of a place, as WeChat draws it, into a file. */
#include <errno.h>
#include <stdio.h>

#include "out.h"
#include "tool.h"

static bool
write_image(const char *path, const ProtobufCBinaryData *image)
{
	FILE *file = fopen(path, "we");
	bool written = file && fwrite(image->data, 1, image->len, file) == image->len;

	if (file)
		written = fclose(file) == 0 && written;
	if (!written)
		fprintf(stderr, "gridctl: %s: %s\n", path, error_words(errno));
	return written;
}

int
run_place_image(struct tool *tool)
{
	Gridvanguard__V1__PlaceImage body = GRIDVANGUARD__V1__PLACE_IMAGE__INIT;
	Request request = REQUEST(PLACE_IMAGE, &body);
	const char *path = tool->args.words[1];
	const Gridvanguard__V1__PlaceImageResult *result;
	Answer *answer;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	result = answer->place_image;
	if (!write_image(path, &result->image))
		status = EXIT_LOCAL;
	else if (tool->json)
		print_json(json_pack(
			"{s:s,s:I,s:b}", "file", path, "bytes", (json_int_t)result->image.len, "png", result->png));
	else
		printf(T("%s: a %s of %zu bytes\n", "%s：%s，%zu 字节\n"), path, result->png ? "PNG" : "JPEG",
			result->image.len);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}
