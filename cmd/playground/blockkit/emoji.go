package blockkit

import "strings"

// emojis are the ones that turn up in this app's messages and their
// neighbourhood. Others stay as their names, as Slack shows unknown ones.
var emojis = strings.NewReplacer(
	":lock:", "🔒", ":unlock:", "🔓", ":key:", "🔑", ":fire:", "🔥", ":receipt:", "🧾",
	":warning:", "⚠️", ":hourglass_flowing_sand:", "⏳", ":hourglass:", "⌛",
	":white_check_mark:", "✅", ":x:", "❌", ":no_entry:", "⛔", ":no_entry_sign:", "🚫", ":eyes:", "👀",
	":wave:", "👋", ":bulb:", "💡", ":information_source:", "ℹ️", ":link:", "🔗",
	":speech_balloon:", "💬", ":wastebasket:", "🗑️", ":rotating_light:", "🚨",
	":+1:", "👍", ":tada:", "🎉", ":smile:", "😄", ":bell:", "🔔", ":clock1:", "🕐", ":point_right:", "👉",
)

// Emoji turns :name: into the character, where the name is known.
func Emoji(s string) string { return emojis.Replace(s) }
