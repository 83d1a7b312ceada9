package httpapi

import "github.com/leadrelay/leadrelay/internal/access"

// targetTexts names the permissions of the city's targets.
func targetTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.TargetRead:      {"查看目标任务", "Read targets"},
		access.TargetEdit:      {"分解目标任务、设定分月限制", "Break targets down, set the limits of months"},
		access.TargetSplit:     {"分解本单位目标", "Split the targets of one's unit"},
		access.TargetApprove:   {"审定目标任务", "Approve targets"},
		access.TargetCorrect:   {"更正已关账月份的目标", "Correct targets of closed months"},
		access.TargetReport:    {"填报目标完成数", "Report figures towards targets"},
		access.IndicatorManage: {"管理目标指标", "Manage the indicators of targets"},
	}
}
