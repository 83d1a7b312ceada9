package httpapi

import (
	"fmt"
	"net/http"
	"sort"
	"strings"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// Text is one sentence in both languages. {name} stands for a value of the
// error.
type Text struct{ ZH, EN string }

func (t Text) in(l language) string {
	if l == english {
		return t.EN
	}
	return t.ZH
}

// texts holds the sentences: of problem codes and of the rules of fields.
type texts struct {
	problems map[string]Text
	rules    map[string]Text
}

// allTexts gathers the sentences of every resource. Each resource adds its
// own two functions here: one for the codes of problems, one for the rules
// of fields.
func allTexts() texts {
	return texts{
		problems: merged(
			coreProblems(),
			onceProblems(),
			sessionProblems(),
			leadProblems(),
			gateProblems(),
			protocolProblems(),
			registerProblems(),
			orgProblems(),
			clockProblems(),
			noticeProblems(),
			disputeProblems(),
			signingProblems(), admissionProblems(), dossierProblems(), targetProblems(), creditProblems(),
			supervisionProblems(),
			signingProblems(), admissionProblems(), dossierProblems(), targetProblems(), updateProblems(),
			supervisionProblems(), rankingProblems(),
		),
		rules: merged(
			coreRules(),
			onceRules(),
			sessionRules(),
			leadRules(),
			gateRules(),
			orgRules(), clockRules(), signingRules(), admissionRules(), dossierRules(), targetRules(), creditRules(), supervisionRules(), updateRules(), rankingRules(),
			protocolRules(),
			registerRules(),
			noticeRules(),
			auditRules(),
			disputeRules(),
		),
	}
}

func merged(tables ...map[string]Text) map[string]Text {
	all := map[string]Text{}
	for _, table := range tables {
		for code, text := range table {
			all[code] = text
		}
	}
	return all
}

// title returns the short name of a kind of problem.
func (t texts) title(status int, l language) string {
	titles := map[int]Text{
		http.StatusBadRequest:            {"输入有误", "Invalid input"},
		http.StatusUnauthorized:          {"需要登录", "Sign-in needed"},
		http.StatusForbidden:             {"没有权限", "Not permitted"},
		http.StatusNotFound:              {"找不到", "Not found"},
		http.StatusMethodNotAllowed:      {"不支持的方法", "Method not allowed"},
		http.StatusConflict:              {"状态冲突", "Conflict"},
		http.StatusPreconditionFailed:    {"内容已被他人修改", "Changed by somebody else"},
		http.StatusRequestEntityTooLarge: {"内容过大", "Too large"},
		http.StatusUnsupportedMediaType:  {"不支持的内容类型", "Unsupported media type"},
		http.StatusUnprocessableEntity:   {"重复提交标识已被使用", "Key used before"},
		http.StatusPreconditionRequired:  {"缺少版本号", "Version needed"},
		http.StatusTooManyRequests:       {"请求过于频繁", "Too many requests"},
		http.StatusServiceUnavailable:    {"服务暂不可用", "Unavailable"},
	}
	if text, ok := titles[status]; ok {
		return text.in(l)
	}
	return Text{"系统错误", "Internal error"}.in(l)
}

// detail returns the sentence of a problem. A code without a sentence cannot
// occur (a test looks for it); the kind's own sentence is still better than
// none.
func (t texts) detail(e *fault.Error, l language) string {
	if _, ok := t.problems[e.Code]; ok {
		return t.sentence(e.Code, e.Params, l)
	}
	return t.title(statusOf(e), l)
}

func (t texts) sentence(code string, params map[string]any, l language) string {
	return filled(t.problems[code].in(l), params)
}

// rule returns the sentence of one broken rule.
func (t texts) rule(f fault.Field, l language) string {
	text, ok := t.rules[f.Code]
	if !ok {
		text = Text{"填写有误。", "This value is not valid."}
	}
	return filled(text.in(l), f.Params)
}

// filled puts the values into the sentence.
func filled(text string, params map[string]any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		text = strings.ReplaceAll(text, "{"+name+"}", shown(params[name]))
	}
	return text
}

func shown(value any) string {
	if list, ok := value.([]string); ok {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(value)
}
