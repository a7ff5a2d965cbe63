/* answers_wechat.c - what goes by way of WeChat. */
#include "answers_private.h"

struct piece *
answer_subscribe_tell(uint64_t id, const char *template, uint32_t left)
{
	Gridvanguard__V1__SubscribeTellResult result = GRIDVANGUARD__V1__SUBSCRIBE_TELL_RESULT__INIT;

	result.template_ = UNCONST(template);
	result.left = left;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_SUBSCRIBE_TELL, &result);
}

struct piece *
answer_place_image(uint64_t id, struct text image, bool is_png)
{
	Gridvanguard__V1__PlaceImageResult result = GRIDVANGUARD__V1__PLACE_IMAGE_RESULT__INIT;

	result.image = (ProtobufCBinaryData){image.len, UNCONST(image.data)};
	result.png = is_png;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_IMAGE, &result);
}
