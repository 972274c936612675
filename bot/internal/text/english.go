package text

import "golang.org/x/text/language"

func english() *Catalog {
	return &Catalog{
		Language: language.English,
		Between:  " ",
		Moment:   "{date_short_pretty} at {time}",

		Sentences: Sentences{
			Busy:        "I have too much to do right now. Nothing was stored; please try again in a minute.",
			Unreadable:  "Slack sent me something that I can't read, so I did nothing and stored nothing. Please try again, or type the secret into the form.",
			FieldUnread: "I can't read what Slack sent me of this field, so I did nothing. What you typed is still here: please try again.",
			FormUnread:  "I can't read what Slack sent me of your form, so I left it as it is. Please press the button again.",
			Panic:       "Something went wrong in this app. Please look for a receipt from me before you try again: the link may be posted already.",

			FormUnchanged: "I couldn't change the form just now. What you typed is still there: please press the button again.",

			FormLate:   "Slack gave me no time to open the form. Nothing was stored; please try again.",
			FormFailed: "I could not open the form just now. If none appeared, please try again; nothing was stored.",
			NotInline:  "Here secrets go into the form, not behind the command. I could not open it in time, so nothing was stored; please try again with nothing behind the command.",

			NotOurs:   "I can't use this button: it doesn't hold what I put there, or it is from before a change of this app. I did nothing. On a receipt, the link to the secret's page in OneTimeSecret still works.",
			NotTheirs: "Only the person who shared this secret can do that.",

			NotOffered: "This form doesn't offer that, so nothing was stored. Please choose again; if that doesn't help, copy what you typed, close the form and open it again.",
			StaleForm:  "I can't use this form any more: it isn't as I made it, or it is from before a change of this app. Nothing was stored. Copy what you typed, close it and open it again.",

			Empty:         "Type or paste the secret here.",
			PhraseMissing: "Here every secret needs a passphrase. Tell it on another road, by phone for example.",
			PhraseLength:  "A passphrase has 8 to 128 characters.",
			PhraseBlank:   "The passphrase begins or ends with a blank, which nobody would see or think to type. Please leave it out.",
			PhraseHidden:  "The passphrase has an invisible character in it, which nobody could type. Please type it instead of pasting it.",
			PhraseEmoji:   "The passphrase has the name of an emoji in it, such as :smile:. Slack may have put it there, and whoever opens the link would have to type it like that. Please choose another.",
			PhraseCurly:   "The passphrase has curly quotes, long dashes or an ellipsis in it, which are hard to type for whoever opens the link. Please use plain ones, or others.",
			NoteSecret:    "Everyone sees the note, and it contains the secret.",
			NotePhrase:    "Everyone sees the note, and it contains the passphrase.",
			NoAddress:     "That is no e-mail address.",

			NotYetShared:   "Nothing was stored yet: press Share if that is what you want.",
			Unasked:        "I couldn't ask you in the form whether that's what you want, so nothing was stored. Please share it again.",
			NoForm:         "I couldn't open the form for it; please try again, with nothing behind the command.",
			PlaceAndPeople: "You chose a conversation besides. Clear one of the two: a link in the conversation could be opened by anyone there.",
			NoReceipt:      "I can't send you a direct message, which is where the receipt belongs. Nothing was stored; please try again, or post the link in a conversation.",
			ReceiptBusy:    "I am still working on that receipt. Please try again in a moment.",
			ReceiptChanged: "The receipt has changed since. Please press the button on it once more.",
			AllServed:      "Everybody on that receipt has a link by now, so I stored nothing. To share again, use the command.",
			ReceiptStuck:   "It is done, but I could not change the receipt. Press Check all to bring it up to date.",
			PeopleDone:     ":white_check_mark: The links are on their way. Your receipt, in your direct messages from me, says who has theirs.",
			ToldAlready:    "That is on its way already.",

			NoText:     "That message has no text that I could put behind a link.",
			FileOnly:   "That message holds only files, and I share text alone. If a file contains a secret, ask its author to delete it and to change the credential.",
			NobodyElse: "Nobody else reads this conversation: the link here is for you alone. To share with others, use the command where they are, or the form.",
			Astray:     "Slack didn't confirm that the link is in the thread. If it isn't there, it is in the conversation itself.",
			Original:   "The original message still shows the secret: please delete it, and change the credential, since others may have seen it. I can't delete it for you.",

			OriginalOfApp: "The original message still shows the secret. An app wrote it, so there is nobody I can ask: please have it deleted, by an admin or whoever runs that app, and change the credential, since others may have seen it.",

			Working: "Still working on it. You don't have to do anything.",
			Stuck:   "This form was interrupted. Look for a receipt from me: if there is none, close this form and share the secret again.",

			GaveUp:         "I could not bring the link to anyone, so I burned the secret. Nobody can open it; please try again.",
			PhraseUnseen:   "The form was closed before I could show you the passphrase that I made, so I burned the secret: nobody could have opened it. Please try again.",
			WrongPhrase:    "That is not the passphrase of this secret.",
			PhraseLocked:   "OneTimeSecret doesn't accept a passphrase for this secret just now, most likely after too many wrong ones. Try again in half an hour.",
			StillThere:     "OneTimeSecret did not burn it, so the secret is as it was. Try again in a few minutes.",
			BurnUnknown:    "OneTimeSecret didn't answer, so I don't know whether it burned the secret. Press Check on the receipt in a few minutes.",
			NeedsPhrase:    "This secret can be burned only with its passphrase. Please press Burn again: a form then asks for it.",
			NoSecondLink:   "I could not make a link of your own.",
			BurnFormFailed: "I could not open the form for the passphrase. The secret is as it was; please press Burn again.",
		},

		Notes: Notes{
			CreatorNotTold: "I could not reach %[1]s. Please tell them yourself that you can't open it.",
			AuthorNotTold:  "I couldn't send %[1]s, who wrote the original message, a direct message. Please ask them to delete it and to change the credential.",
			AuthorLeft:     "%[1]s, who wrote the original message, has left, so there is nobody I can ask. Please have an admin delete it, and change the credential.",
			LeftLive:       "I could not bring the link to anyone, and OneTimeSecret didn't confirm that it burned the secret. Nobody has its link, and it is gone by %[1]s.",

			PhraseLikeOthers: "The others' links need the passphrase that you set for them: please set the same here.",
			NoPhraseEither:   "The others' links need no passphrase: please leave this empty.",
		},

		Units: Units{
			Days:    Plural{One: "%[1]d day", Other: "%[1]d days"},
			Hours:   Plural{One: "%[1]d hour", Other: "%[1]d hours"},
			Minutes: Plural{One: "%[1]d minute", Other: "%[1]d minutes"},
			Seconds: Plural{One: "%[1]d second", Other: "%[1]d seconds"},
			And:     "%[1]s and %[2]s",
		},

		Home: HomeWords{
			Title:      "My secrets",
			Share:      "Share a secret",
			Out:        Plural{One: "%[1]d secret is out", Other: "%[1]d secrets are out"},
			Nothing:    "You have no secrets out. Those that you share appear here until they're opened, burned or expired.",
			Ended:      "Ended in the last seven days",
			Burn:       "Burn",
			BurnAll:    "Burn all",
			BurnTitle:  Plural{One: "Burn %[1]d secret?", Other: "Burn all %[1]d secrets?"},
			BurnText:   "Nobody will be able to open these links any more. Secrets with a passphrase stay: burn those one by one. This can't be undone.",
			BurnIt:     "Burn this secret?",
			BurnItText: "Nobody will be able to open the link any more. This can't be undone.",
			Keep:       "Keep",
			Newer:      "Newer",
			Older:      "Older",
			SinceStart: "This list begins when the app was last started, %[1]s. Secrets from before aren't on it; their receipts still work.",
			NoMemory:   "I can't look up your secrets right now, so some may be missing here. Their receipts still work.",

			In:         "In %[1]s",
			Message:    "go to the message",
			With:       "With %[1]s",
			WithOthers: Plural{One: "With %[2]s and %[1]d other", Other: "With %[2]s and %[1]d others"},
			Mailed:     "By e-mail",
			Yourself:   "A link for you to pass on",
			Until:      "until about %[1]s",
			Phrase:     "needs its passphrase",

			NotOpened:   "Not opened yet",
			Opened:      "Opened",
			OpenedAt:    "Opened %[1]s",
			Burned:      "Burned",
			Expired:     "Expired",
			Gone:        "Gone: opened, burned or expired",
			NoLink:      "No link was made",
			SomeWaiting: Plural{One: "%[1]d not opened yet", Other: "%[1]d not opened yet"},
			SomeOpened:  Plural{One: "%[1]d opened", Other: "%[1]d opened"},
			SomeBurned:  Plural{One: "%[1]d burned", Other: "%[1]d burned"},
			SomeExpired: Plural{One: "%[1]d expired", Other: "%[1]d expired"},
			SomeGone:    Plural{One: "%[1]d gone", Other: "%[1]d gone"},
			SomeNoLink:  Plural{One: "%[1]d without a link", Other: "%[1]d without a link"},

			BurnedSome: Plural{One: "Burned %[1]d secret.", Other: "Burned %[1]d secrets."},
			NeedPhrase: Plural{One: "%[1]d secret can be burned only with its passphrase: press Burn beside it.", Other: "%[1]d secrets can be burned only with their passphrases: press Burn beside each."},
			NotBurned:  Plural{One: "OneTimeSecret didn't burn %[1]d secret. Please try again in a few minutes.", Other: "OneTimeSecret didn't burn %[1]d secrets. Please try again in a few minutes."},
		},
	}
}
