using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Governance.Gateway.Tests;

/// <summary>Every way to bind an rpc to HTTP.</summary>
public sealed class RestTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("GET", "/v1/books/7", null, """{"bookId":"7","title":"terse"}""")]
    [InlineData("GET", "/v1/books/7?verbose=true", null, """{"bookId":"7","title":"verbose"}""")]
    [InlineData("GET", "/v1/shelves/1/books/2", null, """{"shelf":"shelves/1/books/2","title":"terse"}""")]
    [InlineData("GET", "/v1/shelves/%E4%B9%9D/books/a%2Fb", null, """{"shelf":"shelves/九/books/a%2Fb","title":"terse"}""")]
    [InlineData("GET", "/v1/books/a%2Fb%3Ac", null, """{"bookId":"a/b:c","title":"terse"}""")]
    [InlineData("GET", "/v1/books/a:b", null, """{"bookId":"a:b","title":"terse"}""")]
    [InlineData("GET", "/v1/books/7:cover", null, "\"terse\"")]
    [InlineData("DELETE", "/v1/books/7", null, """{"bookId":"7"}""")]
    [InlineData("REPORT", "/v1/books/7", null, """{"bookId":"7","title":"lent"}""")]
    [InlineData("POST", "/v1/books/7:lend", """{"verbose":true}""", """{"bookId":"7","title":"lent verbosely"}""")]
    [InlineData("POST", "/v1/books/7:lend", "", """{"bookId":"7","title":"lent"}""")]
    [InlineData("POST", "/v1/books/7:lend", """{"bookId":"8"}""", """{"bookId":"7","title":"lent"}""")]
    [InlineData("ANYTHING", "/v1/anyhow/7", "{}", """{"bookId":"7","title":"lent"}""")]
    [InlineData("GET", "/v1/titles", null, """[{"bookId":"1"},{"bookId":"2"}]""")]
    [InlineData("PATCH", "/v1/books/7?updateMask=title,pages", """{"title":"a","pages":2}""", """{"bookId":"7","shelf":"title,pages","title":"a","pages":2}""")]
    [InlineData("PUT", "/v1/books/7", """{"title":"a"}""", """{"bookId":"7","title":"a"}""")]
    [InlineData("POST", "/v1/values", """{"anInt32":1,"strings":["a"]}""", """{"anInt32":1,"strings":["a"]}""")]
    [InlineData("POST", "/v1/values/5/COLOUR_RED", """{"anInt32":1}""", """{"anInt32":5,"aColour":"COLOUR_RED"}""")]
    [InlineData("POST", "/v1/values/0/0", """{"anInt32":1,"aColour":"COLOUR_RED"}""", "{}")]
    [InlineData("PUT", "/v1/values/nested?aString=b", """{"aString":"a"}""", """{"aString":"b","nested":{"aString":"a"}}""")]
    [InlineData("PUT", "/v1/values/list", "[1,2]", "[1,2]")]
    [InlineData("PUT", "/v1/values/list", "[]", "[]")]
    [InlineData("GET", "/v1/files/a/b%2Fc/d", null, """{"aString":"a/b%2Fc/d"}""")]
    [InlineData("GET", "/v1/files", null, "{}")]
    [InlineData("GET", "/v1/files/literal/x", null, """{"aString":"x"}""")]
    [InlineData("GET", "/v1/files/literal/x/y", null, """{"aString":"literal/x/y"}""")]
    [InlineData("GET", "/v1/files/a/b:raw", null, """{"aString":"a/b"}""")]
    [InlineData("GET", "/v1/values?nested.nested.anInt32=5&nested.aString=x&int32s=1&int32s=2&strings=", null,
        """{"nested":{"aString":"x","nested":{"anInt32":5}},"int32s":[1,2],"strings":[""]}""")]
    [InlineData("GET", "/v1/values?a_colour=COLOUR_GREEN&colours=1&colours=COLOUR_RED&aBool=true&aBytes=-_8&otherName=x%20y%2Bz+w", null,
        """{"aBool":true,"aBytes":"+/8=","aColour":"COLOUR_GREEN","otherName":"x y+z w","colours":["COLOUR_RED","COLOUR_RED"]}""")]
    [InlineData("GET", "/v1/values?time=2026-01-02T03:04:05%2B08:00&duration=1.5s&mask=aBool&wrappedInt64=5&wrappedBool=false&aDouble=NaN", null,
        """{"aDouble":"NaN","time":"2026-01-01T19:04:05Z","duration":"1.500s","mask":"aBool","wrappedInt64":"5","wrappedBool":false}""")]
    [InlineData("GET", "/v1/values?choiceValues.aBool=true&choiceValues.anInt32=1", null, """{"choiceValues":{"anInt32":1,"aBool":true}}""")]
    public async Task A_bound_path_calls_its_rpc(string method, string path, string? body, string expected)
    {
        using var response = await Send(method, path, body);
        Assert.Equal((HttpStatusCode.OK, expected), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("grpc", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Query_parameters_of_every_kind_fill_the_request()
    {
        using var response = await Send("GET", "/v1/books?filter.title=a&filter.pages.min=3&pageSize=5&page_token=t&tags=x&tags=y" +
            "&colours=COLOUR_RED&since=2026-01-01T00:00:00Z&mask=title&lent=true&cursor=AQI", null);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(
            """{"filter":{"title":"a","pages":{"min":3}},"pageSize":5,"pageToken":"t","tags":["x","y"],"colours":["COLOUR_RED"],"since":"2026-01-01T00:00:00Z","mask":"title","lent":true,"cursor":"AQI="}""",
            json.RootElement.GetProperty("request").GetRawText());
    }

    [Theory]
    [InlineData("/v1/values?unheard=1", "unheard")]
    [InlineData("/v1/values?nested.unheard=1", "nested.unheard")]
    [InlineData("/v1/values?anInt32=x", "anInt32")]
    [InlineData("/v1/values?anInt32=1&an_int32=2", "an_int32")]
    [InlineData("/v1/values?nested=1", "nested")]
    [InlineData("/v1/values?nesteds=1", "nesteds")]
    [InlineData("/v1/values?byString=1", "byString")]
    [InlineData("/v1/values?time.seconds=1", "time.seconds")]
    [InlineData("/v1/values?object=1", "object")]
    [InlineData("/v1/books/7?bookId=8", "bookId")]
    [InlineData("/v1/fail/abc", "code")]
    public async Task A_parameter_that_does_not_fit_is_refused_by_name(string path, string field)
    {
        using var response = await Send("GET", path, null);
        await AssertFailed(response, 400, 3, "INVALID_REQUEST", field);
    }

    [Theory]
    [InlineData("POST", "/v1/values", """{"nested":{"unheard":1}}""", "nested.unheard")]
    [InlineData("POST", "/v1/values", """{"anInt32":"x"}""", "anInt32")]
    [InlineData("POST", "/v1/values", "{", "")]
    [InlineData("POST", "/v1/values?anInt32=1", "{}", "anInt32")]
    [InlineData("PUT", "/v1/values/nested?nested.aBool=true", "{}", "nested.aBool")]
    [InlineData("PUT", "/v1/values/list", "[1,\"x\"]", "[1]")]
    public async Task A_body_that_does_not_fit_is_refused_naming_the_field(string method, string path, string body, string field)
    {
        using var response = await Send(method, path, body);
        await AssertFailed(response, 400, 3, "INVALID_REQUEST", field);
    }

    [Fact]
    public async Task Creating_without_an_id_makes_one_of_version_7()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var response = await Send("POST", "/v1/shelves/3/books", """{"title":"a"}""");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var id = json.RootElement.GetProperty("bookId").GetGuid();
        Assert.Equal(7, id.Version);
        Assert.InRange(Convert.ToInt64(id.ToString("N")[..12], 16), before - 1, before + 60_000);
        Assert.Equal("3", json.RootElement.GetProperty("shelf").GetString());
    }

    [Fact]
    public async Task An_id_that_the_caller_gives_stays()
    {
        using var response = await Send("POST", "/v1/shelves/3/books", """{"bookId":"mine","title":"a"}""");
        Assert.Equal("""{"bookId":"mine","shelf":"3","title":"a"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_callers_headers_reach_the_service_and_transport_headers_do_not()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/books/7");
        request.Headers.Add("accept-language", "en");
        request.Headers.Add("x-purpose", "visit");
        request.Headers.Add("cookie", "a=b");
        request.Headers.Add("grpc-timeout", "1n");
        request.Headers.Add("broken-bin", "***");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await gateway.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var received = gateway.Library.Received["GetBook"];
        Assert.Equal("en", received.GetValue("accept-language"));
        Assert.Equal("visit", received.GetValue("x-purpose"));
        Assert.StartsWith("Bearer ", received.GetValue("authorization"), StringComparison.Ordinal);
        Assert.Null(received.GetValue("cookie"));
        Assert.Null(received.Get("broken-bin"));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", received.GetValue("traceparent"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/unheard")]
    [InlineData("/V1/books/7")]
    [InlineData("/v1/books/7/")]
    [InlineData("/v1/books//")]
    [InlineData("/")]
    [InlineData("/v1/shelves/1")]
    public async Task An_unknown_path_says_so(string path)
    {
        using var response = await Send("GET", path, null);
        await AssertFailed(response, 404, 12, "UNKNOWN_PATH", null);
    }

    [Fact]
    public async Task A_method_that_the_path_does_not_have_is_told_those_it_has()
    {
        using var response = await Send("POST", "/v1/books/7", "{}");
        await AssertFailed(response, 405, 12, "METHOD_NOT_ALLOWED", null);
        Assert.Equal("DELETE, GET, PATCH, PUT, REPORT", string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=gbk")]
    [InlineData("application/grpc")]
    public async Task A_body_that_is_not_JSON_is_refused(string contentType)
    {
        using var content = new StringContent("{}");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await gateway.Http.PostAsync("/v1/values", content);
        await AssertFailed(response, 415, 3, "UNSUPPORTED_MEDIA_TYPE", null);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/merge-patch+json")]
    [InlineData("APPLICATION/JSON")]
    public async Task JSON_by_its_other_names_is_taken(string contentType)
    {
        using var content = new StringContent("{}");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await gateway.Http.PostAsync("/v1/values", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_JSON_body_beyond_the_limit_is_refused(bool chunked)
    {
        using var content = new StringContent($$"""{"aString":"{{new string('a', 4 << 20)}}"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/values") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        using var response = await gateway.Http.SendAsync(request);
        await AssertFailed(response, 413, 8, "TOO_LARGE", null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_JSON_body_below_the_limit_goes_through(bool chunked)
    {
        var text = new string('中', 1_200_000);
        using var content = new StringContent($$"""{"aString":"{{text}}"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/values") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await gateway.Http.SendAsync(request);
        Assert.Equal($$"""{"aString":"{{text}}"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(1, 499)]
    [InlineData(2, 500)]
    [InlineData(3, 400)]
    [InlineData(4, 504)]
    [InlineData(5, 404)]
    [InlineData(6, 409)]
    [InlineData(7, 403)]
    [InlineData(8, 429)]
    [InlineData(9, 400)]
    [InlineData(10, 409)]
    [InlineData(11, 400)]
    [InlineData(12, 501)]
    [InlineData(13, 500)]
    [InlineData(14, 503)]
    [InlineData(15, 500)]
    [InlineData(16, 401)]
    public async Task A_services_status_becomes_its_HTTP_status_and_its_details_JSON(int code, int http)
    {
        using var plain = await Send("GET", $"/v1/fail/{code}", null);
        Assert.Equal(
            (http, $$"""{"code":{{code}},"message":"100% 不行"}"""), ((int)plain.StatusCode, await plain.Content.ReadAsStringAsync()));
        using var detailed = await Send("GET", $"/v1/fail/{code}?detailed=true", null);
        Assert.Equal(http, (int)detailed.StatusCode);
        Assert.Equal($$"""{"code":{{code}},"message":"100% 不行","details":[""" +
            """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"TRIAL-01","domain":"trial","metadata":{"source":"S0"}},""" +
            """{"@type":"type.googleapis.com/unheard.Of","value":"AQ=="}]}""", await detailed.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null, "没有这个路径")]
    [InlineData("zh-CN,en;q=0.5", "没有这个路径")]
    [InlineData("fr, zh;q=0.1, en;q=0.2", "There is no such path")]
    [InlineData("en-GB", "There is no such path")]
    [InlineData("***", "没有这个路径")]
    public async Task Errors_speak_Chinese_unless_English_is_preferred(string? language, string begins)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/unheard");
        if (language is not null)
            request.Headers.TryAddWithoutValidation("accept-language", language);
        using var response = await gateway.Http.SendAsync(request);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.StartsWith(begins, json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    async Task<HttpResponseMessage> Send(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await gateway.Http.SendAsync(request);
    }

    internal static async Task AssertFailed(HttpResponseMessage response, int http, int code, string reason, string? field)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(http == (int)response.StatusCode, $"{response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        using var json = JsonDocument.Parse(text);
        Assert.Equal(code, json.RootElement.GetProperty("code").GetInt32());
        Assert.NotEmpty(json.RootElement.GetProperty("message").GetString()!);
        var details = json.RootElement.GetProperty("details").EnumerateArray().ToList();
        Assert.Equal(reason, details[0].GetProperty("reason").GetString());
        if (field is not null)
        {
            var violation = details[1].GetProperty("fieldViolations")[0];
            Assert.Equal(field, violation.TryGetProperty("field", out var name) ? name.GetString() : "");
        }
    }
}
