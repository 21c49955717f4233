builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
    .WithOrigins("{{.Origin}}")
    .WithMethods({{quoted .Methods}})
    .WithHeaders({{quoted .Headers}})
{{- with .Expose}}
    .WithExposedHeaders({{quoted .}})
{{- end}}
{{- if .Credentials}}
    .AllowCredentials()
{{- end}}
    .SetPreflightMaxAge(TimeSpan.FromHours(2))));

app.UseRouting();
app.UseCors(); // after routing, before authentication
app.UseAuthentication();
