// Package socketmode receives what Slack delivers to an app in Socket Mode: it
// keeps connections open, hands each envelope over once, and acks it on every
// arrival. It knows neither Slack's Web API nor what an envelope is about:
// where the URL of a socket comes from and what is counted are functions in its
// [Config], so any other app could use it.
//
//	pool.go      keeps sockets open, and opens the successor before one ends
//	renew.go     opens all of them anew, without a gap
//	socket.go    one connection: frames, pings, acks
//	envelope.go  what was delivered, and how it is answered
//	once.go      an envelope that comes again gets the first one's ack
//	opening.go   how often sockets are opened, and the pauses in between
//	count.go     how many there are, here and of the whole app
//	dial.go      the way to Slack, through proxies too
//	probe.go     one socket for a moment, to see whether it works
//
// What Slack does, https://docs.slack.dev/apis/events-api/using-socket-mode:
// an ack is awaited for three seconds, on the socket that delivered; an
// envelope that isn't acked comes again, perhaps on another socket or to another
// process; a socket is refreshed every few hours, with a warning some ten
// seconds ahead; an app has ten sockets at most. The client is our own because
// slack-go's closes on the warning before it has a successor, queues acks across
// reconnects, and reconnects without a pause for some reasons: each of these
// loses commands.
package socketmode
