using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Governance.Trial.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Gateway.Tests;

/// <summary>Streams and files: nothing waits for what comes after it.</summary>
[Collection("streams")]
public sealed class StreamTests(GatewayFixture gateway)
{
    // What waits for something that does not come must fail, not hang.
    const int Timeout = 60_000;

    [Fact(Timeout = Timeout)]
    public async Task A_server_stream_is_JSON_lines_each_as_it_comes()
    {
        using var response = await gateway.Http.GetAsync(
            "/v1/books:watch?count=2", HttpCompletionOption.ResponseHeadersRead, Releasing("1"));
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.ToString());
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        // The service has answered with one book and waits to be released for the next.
        Assert.Equal("""{"bookId":"1"}""", await lines.ReadLineAsync());
        gateway.Library.Releases.Writer.TryWrite("2");
        Assert.Equal("""{"bookId":"2"}""", await lines.ReadLineAsync());
        Assert.Null(await lines.ReadLineAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task An_empty_stream_is_no_lines()
    {
        using var response = await gateway.Http.GetAsync("/v1/books:watch");
        Assert.Equal((HttpStatusCode.OK, ""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.ToString());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_stream_that_fails_ends_with_the_status_as_its_last_line()
    {
        var text = await gateway.Http.GetStringAsync("/v1/books:watch?count=1&code=14", Releasing("1"));
        Assert.Equal("{\"bookId\":\"1\"}\n{\"code\":14,\"message\":\"over\"}\n", text);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_stream_that_fails_before_its_first_message_is_an_error()
    {
        using var response = await gateway.Http.GetAsync("/v1/books:watch?code=14");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"code":14,"message":"over"}"""),
            (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_download_is_the_files_bytes_as_they_come()
    {
        using var response = await gateway.Http.GetAsync(
            "/v1/books:export?count=2", HttpCompletionOption.ResponseHeadersRead, Releasing("编号\n"));
        Assert.Equal("text/csv; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("attachment; filename=\"books.csv\"", response.Content.Headers.ContentDisposition?.ToString());
        var file = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[7];
        await file.ReadExactlyAsync(bytes);
        Assert.Equal("编号\n", Encoding.UTF8.GetString(bytes));
        gateway.Library.Releases.Writer.TryWrite("7\n");
        using var rest = new StreamReader(file);
        Assert.Equal("7\n", await rest.ReadToEndAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_download_that_fails_on_the_way_is_cut_off_and_never_looks_whole()
    {
        var token = Releasing("a");
        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Http.GetByteArrayAsync("/v1/books:export?count=1&code=13", token));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_download_in_one_message_has_its_length()
    {
        using var response = await gateway.Http.GetAsync("/v1/books/7/cover");
        Assert.Equal(("image/png", 3L), (response.Content.Headers.ContentType?.ToString(), response.Content.Headers.ContentLength));
        Assert.Equal([1, 2, 3], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task An_upload_reaches_the_service_while_it_is_being_sent()
    {
        Drain();
        using var content = new SlowContent("text/csv");
        var response = gateway.Http.PostAsync("/v1/books:import?dry_run=true", content);
        var body = await content.Body;
        await body.WriteAsync(new byte[1000]);
        await body.FlushAsync();
        // The service has the first chunk although the client has not ended.
        Assert.Equal(1000, await gateway.Library.Chunks.Reader.ReadAsync());
        await body.WriteAsync(new byte[500]);
        content.End();
        using var json = JsonDocument.Parse(await (await response).Content.ReadAsStringAsync());
        var report = json.RootElement;
        Assert.Equal(7, report.GetProperty("importId").GetGuid().Version);
        Assert.True(report.GetProperty("dryRun").GetBoolean());
        Assert.Equal("text/csv", report.GetProperty("contentType").GetString());
        Assert.Equal("1500", report.GetProperty("bytes").GetString());
    }

    [Theory(Timeout = Timeout)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000_000)]
    public async Task An_uploads_bytes_arrive_as_they_were_in_pieces_of_64_KiB_at_most(int size)
    {
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        foreach (var form in (bool[])[false, true])
        {
            using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("text/csv") } };
            using var multipart = new MultipartFormDataContent { { content, "file", "books.csv" } };
            using var response = await gateway.Http.PostAsync("/v1/books:import?import_id=mine", form ? multipart : content);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            using var json = JsonDocument.Parse(text);
            Assert.Equal("mine", json.RootElement.GetProperty("importId").GetString());
            Assert.Equal("text/csv", json.RootElement.GetProperty("contentType").GetString());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), json.RootElement.GetProperty("sha256").GetString());
            if (size > 0)
                Assert.InRange(json.RootElement.GetProperty("largest").GetInt32(), 1, 65536);
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task A_caller_who_asks_before_sending_is_told_to_go_on()
    {
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = System.Threading.Timeout.InfiniteTimeSpan };
        using var http = new HttpClient(handler) { BaseAddress = gateway.Rest };
        http.DefaultRequestHeaders.Authorization = new("Bearer", gateway.Token);
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await http.PostAsync("/v1/books:import", new ByteArrayContent(new byte[100]));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_may_be_one_message_too()
    {
        using var content = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("image/png") } };
        var response = await gateway.Http.PutAsync("/v1/books/7/cover", content);
        Assert.Equal("""{"importId":"7","contentType":"image/png","bytes":"3"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_beyond_the_limit_is_refused_and_the_service_sees_it_break_off(bool chunked)
    {
        Drain();
        using var content = new ByteArrayContent(new byte[20_000_001]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/books:import") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        using var response = await gateway.Http.SendAsync(request);
        await RestTests.AssertFailed(response, 413, 8, "TOO_LARGE", null);
        if (chunked)
            Assert.False(await gateway.Library.UploadEnds.Reader.ReadAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task An_upload_that_the_caller_breaks_off_breaks_off_at_the_service()
    {
        Drain();
        using var abort = new CancellationTokenSource();
        using var content = new SlowContent("text/csv");
        var response = gateway.Http.PostAsync("/v1/books:import", content, abort.Token);
        var body = await content.Body;
        await body.WriteAsync(new byte[1000]);
        await body.FlushAsync();
        await gateway.Library.Chunks.Reader.ReadAsync();
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        Assert.False(await gateway.Library.UploadEnds.Reader.ReadAsync());
    }

    [Theory(Timeout = Timeout)]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"g\"; filename=\"g\"\r\n\r\n2\r\n--x--\r\n")]
    [InlineData("--x--\r\n")]
    [InlineData("nothing")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n1")]
    public async Task A_form_that_is_not_one_whole_file_is_refused(string form)
    {
        Drain();
        using var content = new StringContent(form);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var response = await gateway.Http.PostAsync("/v1/books:import", content);
        await RestTests.AssertFailed(response, 400, 3, "INVALID_REQUEST", "");
    }

    [Fact(Timeout = Timeout)]
    public async Task All_four_kinds_of_gRPC_call_pass_through()
    {
        var library = new Library.LibraryClient(gateway.Channel);
        var book = await library.GetBookAsync(new() { BookId = "7" }, gateway.SignedIn);
        Assert.Equal("7", book.BookId);

        using var watch = library.WatchBooks(new() { Count = 2 }, gateway.SignedIn);
        gateway.Library.Releases.Writer.TryWrite("1");
        Assert.True(await watch.ResponseStream.MoveNext(default));
        gateway.Library.Releases.Writer.TryWrite("2");
        Assert.True(await watch.ResponseStream.MoveNext(default));
        Assert.Equal("2", watch.ResponseStream.Current.BookId);
        Assert.False(await watch.ResponseStream.MoveNext(default));

        using var import = library.ImportBooks(gateway.SignedIn);
        await import.RequestStream.WriteAsync(new() { ImportId = "i", File = new() { Data = Google.Protobuf.ByteString.CopyFrom(1) } });
        await import.RequestStream.WriteAsync(new() { File = new() { Data = Google.Protobuf.ByteString.CopyFrom(2, 3) } });
        await import.RequestStream.CompleteAsync();
        Assert.Equal(3, (await import.ResponseAsync).Bytes);

        using var chat = library.Chat(gateway.SignedIn);
        foreach (var id in (string[])["a", "b"])
        {
            await chat.RequestStream.WriteAsync(new() { BookId = id });
            Assert.True(await chat.ResponseStream.MoveNext(default));
            Assert.Equal(id, chat.ResponseStream.Current.BookId);
        }
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(default));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_gRPC_status_with_details_passes_through()
    {
        var library = new Library.LibraryClient(gateway.Channel);
        var exception = await Assert.ThrowsAsync<RpcException>(
            () => library.FailAsync(new() { Code = 9, Detailed = true }, gateway.SignedIn).ResponseAsync);
        Assert.Equal((StatusCode.FailedPrecondition, "100% 不行"), (exception.StatusCode, exception.Status.Detail));
        Assert.Equal(2, Google.Rpc.Status.Parser.ParseFrom(exception.Trailers.GetValueBytes("grpc-status-details-bin")).Details.Count);
    }

    /// <summary>Releases one book.</summary>
    CancellationToken Releasing(string book)
    {
        gateway.Library.Releases.Writer.TryWrite(book);
        return TestContext.Current.CancellationToken;
    }

    /// <summary>Forgets what earlier uploads told.</summary>
    void Drain()
    {
        while (gateway.Library.Chunks.Reader.TryRead(out _) || gateway.Library.UploadEnds.Reader.TryRead(out _)) { }
    }

    /// <summary>A body that the test writes piece by piece.</summary>
    sealed class SlowContent : HttpContent
    {
        readonly TaskCompletionSource<Stream> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowContent(string type) => Headers.ContentType = new(type);

        public Task<Stream> Body => _body.Task;

        public void End() => _end.SetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _body.SetResult(stream);
            await _end.Task.WaitAsync(cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
