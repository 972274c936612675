package stage

import (
	"time"
	_ "time/tzdata" // each of the people lives in a time zone, wherever this runs

	"otsbot/bot/slackfake"
)

// The people. Each colleague lives in another time zone, so that dates can be
// seen to be their reader's own.
const (
	Ana    = "U0ANA"    // Berlin
	Bob    = "U0BOB"    // New York
	Chloe  = "U0CHLOE"  // Tokyo
	Dev    = "U0DEV"    // Kolkata
	Eva    = "U0EVA"    // Prague; a guest
	Finn   = "U0FINN"   // Stockholm; of another organization
	Gus    = "U0GUS"    // deactivated
	Status = "U0STATUS" // another app's bot
)

// Northwind is the other organization's workspace.
const Northwind = "T0NORTHWIND"

// The conversations.
const (
	Deploys = "C0DEPLOYS" // public, with the app
	Coffee  = "C0COFFEE"  // public, without the app
	Payroll = "G0PAYROLL" // private, without the app, for Ana and Bob
	Launch  = "C0LAUNCH"  // public, with the app; the one that gets archived
	Partner = "C0PARTNER" // public, with the app, shared with Northwind

	AnaBob   = "D0ANABOB"
	AnaChloe = "D0ANACHLOE"
	BobChloe = "D0BOBCHLOE"
)

func populate(w *slackfake.Workspace) {
	for zone, u := range map[string]slackfake.User{
		"Europe/Berlin":    {ID: Ana, Name: "ana", RealName: "Ana Lindgren"},
		"America/New_York": {ID: Bob, Name: "bob", RealName: "Bob Okafor"},
		"Asia/Tokyo":       {ID: Chloe, Name: "chloe", RealName: "Chloe Tanaka"},
		"Asia/Kolkata":     {ID: Dev, Name: "dev", RealName: "Dev Mehta"},
		"Europe/Prague":    {ID: Eva, Name: "eva", RealName: "Eva Novak", Guest: true},
		"Europe/Stockholm": {ID: Finn, Name: "finn", RealName: "Finn Berg", TeamID: Northwind},
		"Europe/Lisbon":    {ID: Gus, Name: "gus", RealName: "Gus Prado", Deactivated: true},
		"UTC":              {ID: Status, Name: "statusbot", RealName: "Statusbot", Bot: true},
	} {
		u.TZ, _ = time.LoadLocation(zone) // UTC where it isn't known
		w.AddUser(u)
	}
	colleagues := []string{Ana, Bob, Chloe, Dev}
	for _, c := range []slackfake.Channel{
		{ID: Deploys, Name: "deploys", Kind: slackfake.Public, Members: append([]string{Eva}, colleagues...), AppMember: true},
		{ID: Launch, Name: "launch", Kind: slackfake.Public, Members: colleagues, AppMember: true},
		{ID: Coffee, Name: "coffee", Kind: slackfake.Public, Members: colleagues},
		{ID: Partner, Name: "northwind", Kind: slackfake.Public, Members: []string{Ana, Bob, Finn}, AppMember: true, ExternallyShared: true},
		{ID: Payroll, Name: "payroll", Kind: slackfake.Private, Members: []string{Ana, Bob}},
		{ID: AnaBob, Kind: slackfake.DM, Members: []string{Ana, Bob}},
		{ID: AnaChloe, Kind: slackfake.DM, Members: []string{Ana, Chloe}},
		{ID: BobChloe, Kind: slackfake.DM, Members: []string{Bob, Chloe}},
	} {
		w.AddChannel(c)
	}
	for _, id := range append([]string{Eva}, colleagues...) {
		w.AppDM(id)
	}
}
