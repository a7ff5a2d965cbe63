#include "table_of_rights.h"

#include "rights.h"

const char *
table_verb(unsigned verb)
{
	return verb < VERB_COUNT ? verb_name((enum verb)verb) : NULL;
}

bool
table_is_for_all(unsigned verb)
{
	return rights_subject((enum verb)verb) == SUBJECT_OWN;
}

bool
table_is_about_persons(unsigned verb)
{
	return rights_subject((enum verb)verb) == SUBJECT_PERSON;
}

char
table_reach(unsigned verb, unsigned role)
{
	if (rights_subject((enum verb)verb) == SUBJECT_ALL)
		return '-';
	switch (rights_reach((enum verb)verb, (enum role)role)) {
	case REACH_OVER:
		return 'o';
	case REACH_RELATED:
		return 'r';
	case REACH_REASON:
		return 'w';
	case REACH_NONE:
		break;
	}
	return '-';
}
