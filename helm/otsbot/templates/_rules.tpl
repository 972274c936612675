{{- /* What the schema can't say: rules between values. The first one broken
ends the rendering. */}}
{{- define "otsbot.rules" -}}
{{- $connections := int .Values.settings.SLACK_CONNECTIONS }}
{{- if gt (mul (int .Values.replicas) $connections) 10 }}
{{- fail (printf "replicas × settings.SLACK_CONNECTIONS is %d: Slack allows one app ten connections" (mul (int .Values.replicas) $connections)) }}
{{- end }}
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
{{- end }}
