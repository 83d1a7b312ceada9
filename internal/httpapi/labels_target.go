package httpapi

import "github.com/leadrelay/leadrelay/internal/access"

// targetTexts names the permissions of the city's targets.
func targetTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.IndicatorManage: {"管理目标指标", "Manage the indicators of targets"},
	}
}
