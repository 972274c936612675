{{- /* What the schema can't say: rules between values. The first one broken
ends the rendering. */}}
{{- define "otsbot.rules" -}}
{{- if not .Values.settings.OTS_URL }}
{{- fail "settings.OTS_URL is missing: where secrets are kept is yours to decide, such as https://eu.onetimesecret.com" }}
{{- end }}
{{- include "otsbot.address" .Values.settings }}
{{- include "otsbot.tenConnections" . }}
{{- $given := list }}
{{- range $name, $value := .Values.secret }}{{ if $value }}{{ $given = append $given $name }}{{ end }}{{ end }}
{{- if and .Values.existingSecret $given }}
{{- fail (printf "both existingSecret and secret.%s are set: set existingSecret to \"\" to have the chart make the Secret" (first $given)) }}
{{- end }}
{{- if not .Values.existingSecret }}
{{- range list "SLACK_BOT_TOKEN" "SLACK_APP_TOKEN" }}
{{- if not (index $.Values.secret .) }}
{{- fail (printf "secret.%s is missing: name a Secret in existingSecret, or set both Slack tokens in secret" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- if ne (empty .Values.secret.OTS_USERNAME) (empty .Values.secret.OTS_API_TOKEN) }}
{{- fail "of secret.OTS_USERNAME and secret.OTS_API_TOKEN one is missing: set both, or neither to be anonymous" }}
{{- end }}
{{- if .Values.store.file.enabled }}
{{- include "otsbot.oneFile" . }}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
{{- include "otsbot.reach" . }}
{{- end }}
{{- end }}

{{- /* Where OneTimeSecret is, and how people get there: the bot ends at what it
can't use. */}}
{{- define "otsbot.address" -}}
{{- if regexMatch "/api(/v[0-9]+)?/?$" (urlParse .OTS_URL).path }}
{{- fail "settings.OTS_URL must be the server's address without /api/…: the bot adds that" }}
{{- end }}
{{- if and (hasPrefix "http://" .OTS_URL) (not (regexMatch "^(localhost|127[.][0-9.]+|\\[::1\\])(:|$)" (urlParse .OTS_URL).host)) }}
{{- if not .OTS_ALLOW_HTTP }}
{{- fail "settings.OTS_URL is plain http: use https, or set settings.OTS_ALLOW_HTTP if the server is inside the cluster" }}
{{- end }}
{{- if not .OTS_PUBLIC_URL }}
{{- fail "settings.OTS_PUBLIC_URL is missing: settings.OTS_URL is plain http, and the links that people open must be https" }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The store's file is open in one process, never in two. */}}
{{- define "otsbot.oneFile" -}}
{{- if gt (int .Values.replicas) 1 }}
{{- fail (printf "store.file.enabled is for one replica, and replicas is %d: several share what they remember in Redis, whose URL is the key STORE_URL of the Secret" (int .Values.replicas)) }}
{{- end }}
{{- range $name, $value := .Values.update }}
{{- if not (kindIs "invalid" $value) }}
{{- fail (printf "update.%s and store.file.enabled are both set: with a file, an update stops the pod first, since one process may have it open" $name) }}
{{- end }}
{{- end }}
{{- if .Values.secret.STORE_URL }}
{{- fail "store.file.enabled and secret.STORE_URL are both set: what is out is remembered in one place" }}
{{- end }}
{{- end }}

{{- /* Slack allows one app ten connections, also during an update. */}}
{{- define "otsbot.tenConnections" -}}
{{- $replicas := int .Values.replicas }}
{{- $connections := int .Values.settings.SLACK_CONNECTIONS }}
{{- if gt (mul $replicas $connections) 10 }}
{{- fail (printf "replicas × settings.SLACK_CONNECTIONS is %d: Slack allows one app ten connections" (mul $replicas $connections)) }}
{{- end }}
{{- $surge := include "otsbot.maxSurge" . }}
{{- $most := mul (add $replicas (include "otsbot.pods" (dict "of" $replicas "value" $surge))) $connections }}
{{- if gt $most 10 }}
{{- fail (printf "(replicas + update.maxSurge) × settings.SLACK_CONNECTIONS is %d: Slack allows one app ten connections, so an update may add no pod; leave update.maxSurge out to have the chart choose" $most) }}
{{- end }}
{{- if and (regexMatch "^0+%?$" $surge) (regexMatch "^0+%?$" (include "otsbot.maxUnavailable" .)) }}
{{- fail "update.maxSurge and update.maxUnavailable are both 0: no pod could ever be replaced" }}
{{- end }}
{{- end }}

{{- /* How many pods more than the replicas an update may run: one, where Slack's
ten connections have room for it. */}}
{{- define "otsbot.maxSurge" -}}
{{- $given := .Values.update.maxSurge }}
{{- if .Values.store.file.enabled }}0
{{- else if kindIs "invalid" $given }}
{{- if le (mul (add1 (int .Values.replicas)) (int .Values.settings.SLACK_CONNECTIONS)) 10 }}1{{ else }}0{{ end }}
{{- else }}{{ $given }}{{ end }}
{{- end }}

{{- /* How many pods less: one, where there is no room for one more. */}}
{{- define "otsbot.maxUnavailable" -}}
{{- $given := .Values.update.maxUnavailable }}
{{- if kindIs "invalid" $given }}{{ if regexMatch "^0+%?$" (include "otsbot.maxSurge" .) }}1{{ else }}0{{ end }}
{{- else }}{{ $given }}{{ end }}
{{- end }}

{{- /* A number of pods that may be a percentage, which Kubernetes rounds up for
maxSurge. */}}
{{- define "otsbot.pods" -}}
{{- if hasSuffix "%" .value }}{{ int (ceil (divf (mulf .of (trimSuffix "%" .value)) 100)) }}
{{- else }}{{ .value }}{{ end }}
{{- end }}

{{- /* The NetworkPolicy must let out what the settings need besides port 443. */}}
{{- define "otsbot.reach" -}}
{{- with .Values.proxy.url }}
{{- $port := include "otsbot.port" . }}
{{- if not (include "otsbot.letsOut" (dict "port" $port "rules" $.Values.networkPolicy.extraEgress)) }}
{{- fail (printf "proxy.url is on port %s, and the NetworkPolicy lets out 443 alone: allow that port in networkPolicy.extraEgress" $port) }}
{{- end }}
{{- end }}
{{- $direct := or (not .Values.proxy.url) (hasPrefix "http://" .Values.settings.OTS_URL) (include "otsbot.excepted" .) }}
{{- if and $direct (not .Values.networkPolicy.oneTimeSecret.port) (not .Values.networkPolicy.extraEgress) }}
{{- $port := include "otsbot.port" .Values.settings.OTS_URL }}
{{- if not (include "otsbot.letsOut" (dict "port" $port "rules" list)) }}
{{- fail (printf "settings.OTS_URL is on port %s, and the NetworkPolicy lets out 443 alone: set networkPolicy.oneTimeSecret.port, or allow it in networkPolicy.extraEgress" $port) }}
{{- end }}
{{- end }}
{{- if and .Values.secret.STORE_URL (not .Values.networkPolicy.store.port) (not .Values.networkPolicy.extraEgress) }}
{{- $port := include "otsbot.port" .Values.secret.STORE_URL }}
{{- if not (include "otsbot.letsOut" (dict "port" $port "rules" list)) }}
{{- fail (printf "secret.STORE_URL is on port %s, and the NetworkPolicy lets out 443 alone: set networkPolicy.store.port, or allow it in networkPolicy.extraEgress" $port) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* "yes" if proxy.except has the bot connect to OTS_URL without the proxy. Whether
an address is in a network isn't asked here. */}}
{{- define "otsbot.excepted" -}}
{{- $host := regexReplaceAll ":[0-9]+$" (urlParse .Values.settings.OTS_URL).host "" | lower }}
{{- $port := printf ":%s" (include "otsbot.port" .Values.settings.OTS_URL) }}
{{- range splitList "," (.Values.proxy.except | lower) }}
{{- $entry := trim . | trimSuffix $port }}
{{- if hasPrefix "*." $entry }}{{ $entry = trimPrefix "*" $entry }}{{ end }}
{{- if or (eq $entry "*") (eq $entry $host) (and $entry (hasSuffix (printf ".%s" (trimPrefix "." $entry)) $host)) }}yes{{ end }}
{{- end }}
{{- end }}

{{- /* The port of a URL. */}}
{{- define "otsbot.port" -}}
{{- $url := urlParse . }}
{{- $given := regexFind ":[0-9]+$" $url.host | trimPrefix ":" }}
{{- $given | default (get (dict "http" "80" "https" "443" "socks5" "1080" "socks5h" "1080" "redis" "6379" "rediss" "6379") $url.scheme) }}
{{- end }}

{{- /* "yes" if the NetworkPolicy lets a connection to the port out: 443 anywhere,
or by one of these rules. What a port's name means can't be seen here. */}}
{{- define "otsbot.letsOut" -}}
{{- $port := int .port }}
{{- $open := eq $port 443 }}
{{- range .rules }}
{{- if not .ports }}{{ $open = true }}{{ end }}
{{- range .ports }}
{{- $all := or (not .port) (kindIs "string" .port) }}
{{- if and (eq (.protocol | default "TCP") "TCP") (or $all (and (ge $port (int .port)) (le $port (int (.endPort | default .port))))) }}{{ $open = true }}{{ end }}
{{- end }}
{{- end }}
{{- if $open }}yes{{ end }}
{{- end }}
