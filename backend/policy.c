#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <unistr.h>

#include "memory.h"

#define TEXT_MAX_BYTES 65536

static const char chinese[] =
	"隐私政策\n"
	"\n"
	"一、目的：组织网格内的志愿服务——发出召集、接龙报名、签到、记录服务时长，并在紧急时联系到人。不用于其他目的。\n"
	"二、收集什么：微信为本小程序给出的身份标识；您填写的姓名、所属组织、居住网格和工作地点；您同意提供的手机号；\n"
	"    您的接龙、备注和对问题的回答、签到时间和服务时长；登录的设备名称和时间。不收集身份证号，不记录行踪。\n"
	"三、谁能看到：召集的发起人和当地的网格员、书记看到接龙的姓名；发起人在召集期间和结束后一周内可看到报名者的手机"
	"号；\n"
	"    上级只看到数字，查看姓名须写明理由并留下记录，您可以查到谁看过您。不对外公开，不提供给第三方。\n"
	"四、保存多久：接龙中的姓名、备注和回答在召集结束后按设定的期限（默认 90 天）删除，只留数字；设备 30 "
	"天未用即删除；\n"
	"    谁做了什么的审计记录至少保存六个月；其余信息保存到您删除为止。\n"
	"五、您的权利：随时查看和导出（gridctl person "
	"export）、更正姓名和组织、撤回同意、删除个人信息。撤回即取消报到；\n"
	"    删除后姓名和手机号不再保留，仅留无姓名的数字。不同意不影响浏览公开的地点信息。\n"
	"六、安全：手机号加密保存，密钥与数据分开；权限按地点和角色最小授予；查看和更改都有记录。\n"
	"七、联系：请联系您所在社区的负责人；本系统的负责人以其公布的联系方式为准。\n";

static const char english[] =
	"Privacy policy\n"
	"\n"
	"1. What for: to organise volunteer work in the grids: calls, sign-ups, check-in, hours of service, and to "
	"reach people in an\n"
	"   emergency. For nothing else.\n"
	"2. What is kept: the identity that WeChat gives this mini-program; the name, organisation, grid and place of "
	"work that you\n"
	"   state; your phone, if you agree; your sign-ups with remarks and answers, check-in and hours; the names and "
	"times of your\n"
	"   devices. No identity-card number, no whereabouts.\n"
	"3. Who sees it: who posted a call, and the grid workers and secretaries there, see the names in its chain; "
	"who posted it sees\n"
	"   the phones of who signed up while it runs and a week after. Above them there are figures; names only on a "
	"stated reason,\n"
	"   which is recorded, and you can see who looked at you. Nothing is published or passed on.\n"
	"4. How long: names, remarks and answers in a chain go some time after the call has ended (90 days, unless set "
	"otherwise),\n"
	"   figures stay; a device goes when it was not used for 30 days; the log of who did what is kept for half a "
	"year at least; all\n"
	"   else until you erase it.\n"
	"5. Your rights: to see what is held of you and have a copy of it (gridctl person export), to correct name and "
	"organisation, to\n"
	"   withdraw your consent, to be erased. To withdraw ends your registration; who is erased leaves figures "
	"without a name. Who\n"
	"   does not agree still sees what is public.\n"
	"6. Safety: phones are sealed with a key that lies apart from the data; rights are given by place and role, as "
	"few as will do;\n"
	"   looks and changes are recorded.\n"
	"7. Contact: those in charge of your community, and who runs this system, as they have made known.\n";

const char *
policy_text(const struct policy *policy, bool in_english)
{
	if (policy->text)
		return policy->text;
	return in_english ? english : chinese;
}

static bool
complain(const char *file, const char *flaw)
{
	fprintf(stderr, "gridhub: policy-file: %s: %s\n", file, flaw);
	return false;
}

static bool
read_text(struct policy *policy, const char *file)
{
	FILE *in = fopen(file, "re");
	size_t len;

	if (!in)
		return complain(file, strerror(errno));
	policy->text = or_die(calloc(1, TEXT_MAX_BYTES + 1));
	len = fread(policy->text, 1, TEXT_MAX_BYTES + 1, in);
	fclose(in);
	if (len == 0 || len > TEXT_MAX_BYTES)
		return complain(file, len == 0 ? "is empty" : "is above 64 kB");
	if (u8_check((const uint8_t *)policy->text, len) || memchr(policy->text, '\0', len))
		return complain(file, "is no text in UTF-8");
	return true;
}

bool
policy_open(struct policy *policy, const char *file)
{
	uint8_t digest[crypto_generichash_BYTES];
	const char *text;

	*policy = (struct policy){.text = NULL};
	if (file[0] && !read_text(policy, file)) {
		policy_close(policy);
		return false;
	}
	text = policy_text(policy, false);
	crypto_generichash(digest, sizeof(digest), (const uint8_t *)text, strlen(text), NULL, 0);
	sodium_bin2hex(policy->version, sizeof(policy->version), digest, (POLICY_VERSION - 1) / 2);
	return true;
}

void
policy_close(struct policy *policy)
{
	free(policy->text);
	policy->text = NULL;
}
