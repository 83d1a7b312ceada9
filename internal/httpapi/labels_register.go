package httpapi

import (
	"maps"

	"github.com/leadrelay/leadrelay/internal/access"
)

// allPermissionTexts names the permissions, those of the register too.
func allPermissionTexts() map[access.Permission]Text {
	out := permissionTexts()
	maps.Copy(out, stageTexts())
	maps.Copy(out, map[access.Permission]Text{
		access.DuplicateWatch:    {"查看查重次数", "See who checks for earlier reports"},
		access.ProtectionConfirm: {"确认首报保护", "Confirm protection"},
		access.ProtectionRenew:   {"续期首报保护", "Renew protection"},
	})
	return out
}

func protectionLabels() []Label {
	return []Label{
		{"pending", "待市投促局确认", "Waiting for the bureau"},
		{"active", "保护中", "Protected"},
		{"lapsed", "已失效", "Lapsed"},
		{"ended", "已终结", "Ended"},
		{"overruled", "已裁定撤销", "Overruled"},
		{"rejected", "已驳回", "Rejected"},
	}
}
