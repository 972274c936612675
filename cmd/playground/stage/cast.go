package stage

import (
	"time"
	_ "time/tzdata" // the people live in three time zones, wherever this runs

	"otsbot/bot/slackfake"
)

// The people. Each lives in another time zone, so that dates can be seen to be
// their reader's own.
const (
	Ana   = "U0ANA"   // Berlin
	Bob   = "U0BOB"   // New York
	Chloe = "U0CHLOE" // Tokyo
)

// The conversations.
const (
	Deploys = "C0DEPLOYS" // public, with the app
	Coffee  = "C0COFFEE"  // public, without the app
	Payroll = "G0PAYROLL" // private, without the app and without Chloe
	Launch  = "C0LAUNCH"  // public, with the app; the one that gets archived

	AnaBob   = "D0ANABOB"
	AnaChloe = "D0ANACHLOE"
	BobChloe = "D0BOBCHLOE"
)

func populate(w *slackfake.Workspace) {
	for _, u := range []struct{ id, name, real, zone string }{
		{Ana, "ana", "Ana Lindgren", "Europe/Berlin"},
		{Bob, "bob", "Bob Okafor", "America/New_York"},
		{Chloe, "chloe", "Chloe Tanaka", "Asia/Tokyo"},
	} {
		zone, err := time.LoadLocation(u.zone)
		if err != nil {
			zone = time.UTC
		}
		w.AddUser(slackfake.User{ID: u.id, Name: u.name, RealName: u.real, TZ: zone})
	}
	all := []string{Ana, Bob, Chloe}
	for _, c := range []slackfake.Channel{
		{ID: Deploys, Name: "deploys", Kind: slackfake.Public, Members: all, AppMember: true},
		{ID: Launch, Name: "launch", Kind: slackfake.Public, Members: all, AppMember: true},
		{ID: Coffee, Name: "coffee", Kind: slackfake.Public, Members: all},
		{ID: Payroll, Name: "payroll", Kind: slackfake.Private, Members: []string{Ana, Bob}},
		{ID: AnaBob, Kind: slackfake.DM, Members: []string{Ana, Bob}},
		{ID: AnaChloe, Kind: slackfake.DM, Members: []string{Ana, Chloe}},
		{ID: BobChloe, Kind: slackfake.DM, Members: []string{Bob, Chloe}},
	} {
		w.AddChannel(c)
	}
	for _, id := range all {
		w.AppDM(id)
	}
}
