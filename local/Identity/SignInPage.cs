using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Governance.Local.Identity;

/// <summary>The page on which a browser's user signs in; it needs no script.</summary>
static class SignInPage
{
    public static IResult Form(string action, bool failed) => Page(200, $"""
        <form method="post" action="{HtmlEncoder.Default.Encode(action)}">
          <h1>登录 · Sign in</h1>
          {(failed ? "<p role=\"alert\">用户名或密码不正确 · Invalid username or password</p>" : "")}
          <label>用户名 · Username <input name="username" autocomplete="username" required autofocus></label>
          <label>密码 · Password <input name="password" type="password" autocomplete="current-password" required></label>
          <button>登录 · Sign in</button>
        </form>
        """);

    public static IResult Message(int status, string text) => Page(status, $"<h1>{HtmlEncoder.Default.Encode(text)}</h1>");

    static IResult Page(int status, string body) => Results.Content($$"""
        <!doctype html>
        <html lang="zh-CN">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>登录 · Sign in</title>
        <style>
          body { font: 16px/1.6 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh }
          h1 { font-size: 1.25rem } label, button { display: block; margin: .75rem 0 } input { display: block; width: 20rem }
        </style>
        {{body}}
        </html>
        """, "text/html", Encoding.UTF8, status);
}
