app.UseCors();
app.UseHttpsRedirection(); // after CORS, so that preflights are answered first
