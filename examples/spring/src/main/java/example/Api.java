package example;

import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** An API with CORS in Spring MVC, behind Spring Security: right, and with --wrong=true as guides leave it. */
@SpringBootApplication
public class Api {
  public static void main(String[] args) {
    SpringApplication.run(Api.class, args);
  }

  @Configuration
  static class Cors implements WebMvcConfigurer {
    @Override
    public void addCorsMappings(CorsRegistry registry) {
      registry.addMapping("/**")
          .allowedOrigins("https://app.example.com", "https://admin.example.com")
          .allowedMethods("GET", "POST", "PUT", "DELETE")
          .allowedHeaders("Content-Type", "Authorization")
          .allowCredentials(true)
          .maxAge(600);
    }
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, @Value("${wrong:false}") boolean wrong) throws Exception {
    http.csrf(csrf -> csrf.disable())
        .httpBasic(Customizer.withDefaults())
        .authorizeHttpRequests(all -> all.anyRequest().authenticated());
    if (!wrong) {
      // Without this line Spring Security asks preflights for a password before Spring MVC sees them.
      http.cors(Customizer.withDefaults());
    }
    return http.build();
  }

  @RestController
  static class Users {
    @GetMapping("/users")
    List<String> list() {
      return List.of("Ada");
    }

    @PutMapping("/users")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void put() {}

    @DeleteMapping("/users")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete() {}
  }
}
