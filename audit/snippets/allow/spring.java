@Bean
CorsConfigurationSource corsConfigurationSource() {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(List.of("{{.Origin}}"));
    cors.setAllowedMethods(List.of({{quoted .Methods}}));
    cors.setAllowedHeaders(List.of({{quoted .Headers}}));
{{- with .Expose}}
    cors.setExposedHeaders(List.of({{quoted .}}));
{{- end}}
{{- if .Credentials}}
    cors.setAllowCredentials(true);
{{- end}}
    cors.setMaxAge(7200L);
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    return source;
}

@Bean
SecurityFilterChain security(HttpSecurity http) throws Exception {
    http.cors(Customizer.withDefaults()); // puts CORS before authentication
    // the rest as before
    return http.build();
}
