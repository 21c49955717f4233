// a Worker in front of the API
const allowed = new Set(["{{.Origin}}"]);

export default {
  async fetch(request) {
    const origin = request.headers.get("Origin");
    const preflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
    const answer = preflight ? new Response(null, { status: 204 }) : await fetch(request);
    const response = new Response(answer.body, answer);
    response.headers.append("Vary", "Origin");
    if (!allowed.has(origin)) return response;
    response.headers.set("Access-Control-Allow-Origin", origin);
{{- if .Credentials}}
    response.headers.set("Access-Control-Allow-Credentials", "true");
{{- end}}
{{- with .Expose}}
    response.headers.set("Access-Control-Expose-Headers", "{{comma .}}");
{{- end}}
    if (preflight) {
      response.headers.set("Access-Control-Allow-Methods", "{{comma .Methods}}");
      response.headers.set("Access-Control-Allow-Headers", "{{comma .Headers}}");
      response.headers.set("Access-Control-Max-Age", "7200");
    }
    return response;
  },
};
