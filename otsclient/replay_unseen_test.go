package otsclient_test

// The secrets that recordings are about, but whose creation is not among
// them: what they held, who shared them ("" is nobody), by the name of the
// first exchange. Where another one is about the same secret, same names it.
type unseen struct {
	text, passphrase, by, ttl string
	same                      string
}

var unseenSecrets = map[string]unseen{
	"life-private-1st-get":             {text: "lifecycle", by: "alice"},
	"peek-private-1st-get-anon":        {text: "peek me", by: "alice"},
	"direct-secret-retrieve-auth":      {text: "direct", by: "alice"},
	"direct-private-after-received":    {same: "direct-secret-retrieve-auth"},
	"web-secret-get-1":                 {text: "unfurl", by: "alice"},
	"web-secret-private-after":         {same: "web-secret-get-1"},
	"pp-private":                       {text: "pp", passphrase: "correct horse", by: "alice"},
	"pp-secret-right":                  {text: "pp2", passphrase: "correct horse", by: "alice"},
	"pp-private-after-received":        {same: "pp-secret-right"},
	"burn-auth-nobody":                 {text: "b", by: "alice"},
	"burn-secret-after":                {same: "burn-auth-nobody"},
	"burn-other-user":                  {text: "b", by: "alice"},
	"burn-anon-of-auth-secret":         {text: "b", by: "alice"},
	"burn-anon":                        {text: "b"},
	"burn-continue-false":              {text: "b", by: "alice"},
	"burn-metadata-alias":              {text: "b", by: "alice"},
	"burn-receipt-alias":               {text: "b", by: "alice"},
	"burn-with-get":                    {text: "b", by: "alice"},
	"burn-by-secret-key":               {text: "b", by: "alice"},
	"pp-burn-wrong-locale-fr":          {text: "pp", passphrase: "correct horse", by: "alice"},
	"ttl-drift-after-wrong-passphrase": {text: "ttl drift", passphrase: "correct horse", by: "alice"},
	"ttl-drift-after-page-view":        {text: "ttl drift", by: "alice"},
	"secret-passphrase-in-json":        {text: "j", passphrase: "correct horse", by: "alice"},
	"secret-passphrase-in-query":       {text: "j", passphrase: "correct horse", by: "alice"},
	"metadata-key-as-secret":           {text: "k", by: "alice"},
	"orphan-private":                   {text: "o", by: "alice"},

	"expired-private-anon":       {text: "e", ttl: "60"},
	"expired-secret":             {same: "expired-private-anon"},
	"expired-private-auth":       {text: "e", by: "alice", ttl: "60"},
	"expired-private-passphrase": {text: "e", passphrase: "correct horse", by: "alice", ttl: "60"},
	"expired-burn-unread-meta":   {text: "e", ttl: "60"},

	"wrong-passphrase-attempt-2": {text: "pp", passphrase: "correct horse", by: "alice"},
	"burn-after-many-wrong":      {text: "pp", passphrase: "correct horse", by: "alice"},
}
