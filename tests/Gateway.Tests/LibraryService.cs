using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Governance.Trial.V1;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace Governance.Gateway.Tests;

/// <summary>A service behind the gateway that tells what it received.</summary>
public sealed class LibraryService : Library.LibraryBase
{
    /// <summary>The metadata of the last call of each rpc.</summary>
    public ConcurrentDictionary<string, Metadata> Received { get; } = new(StringComparer.Ordinal);

    /// <summary>Every one lets a stream answer with one more book.</summary>
    public Channel<string> Releases { get; } = Channel.CreateUnbounded<string>();

    /// <summary>The size of every upload message, as it comes.</summary>
    public Channel<int> Chunks { get; } = Channel.CreateUnbounded<int>();

    /// <summary>Whether the last upload's stream broke off.</summary>
    public Channel<bool> UploadEnds { get; } = Channel.CreateUnbounded<bool>();

    public override Task<Book> CreateBook(CreateBookRequest request, ServerCallContext context) => Answer(context, new Book
    {
        BookId = request.BookId, Shelf = request.Shelf, Title = request.Title, Pages = request.Pages,
    });

    public override Task<Book> GetBook(GetBookRequest request, ServerCallContext context) =>
        Answer(context, new Book { BookId = request.BookId, Shelf = request.Name, Title = request.Verbose ? "verbose" : "terse" });

    public override Task<ListBooksResponse> ListBooks(ListBooksRequest request, ServerCallContext context) =>
        Answer(context, new ListBooksResponse { Books = { new Book { BookId = "1" }, new Book { BookId = "2" } }, Request = request });

    public override Task<Book> UpdateBook(UpdateBookRequest request, ServerCallContext context)
    {
        request.Book.Shelf = string.Join(',', request.UpdateMask?.Paths ?? []);
        return Answer(context, request.Book);
    }

    public override Task<Book> DeleteBook(GetBookRequest request, ServerCallContext context) =>
        Answer(context, new Book { BookId = request.BookId });

    public override Task<Book> LendBook(GetBookRequest request, ServerCallContext context) =>
        Answer(context, new Book { BookId = request.BookId, Title = request.Verbose ? "lent verbosely" : "lent" });

    public override Task<Values> Echo(Values request, ServerCallContext context) => Answer(context, request);

    public override Task<Book> Fail(FailRequest request, ServerCallContext context)
    {
        var metadata = new Metadata();
        if (request.Detailed)
        {
            var status = new Google.Rpc.Status
            {
                Code = request.Code,
                Message = "100% 不行",
                Details =
                {
                    Any.Pack(new ErrorInfo { Reason = "TRIAL-01", Domain = "trial", Metadata = { ["source"] = "S0" } }),
                    new Any { TypeUrl = "type.googleapis.com/unheard.Of", Value = ByteString.CopyFrom(1) },
                },
            };
            metadata.Add("grpc-status-details-bin", status.ToByteArray());
        }
        throw new RpcException(new Status((StatusCode)request.Code, "100% 不行"), metadata);
    }

    public override async Task WatchBooks(WatchBooksRequest request, IServerStreamWriter<Book> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Count; i++)
            await responseStream.WriteAsync(new Book { BookId = await Releases.Reader.ReadAsync(context.CancellationToken) });
        if (request.Code != 0)
            throw new RpcException(new Status((StatusCode)request.Code, "over"));
    }

    public override async Task<ImportBooksResponse> ImportBooks(
        IAsyncStreamReader<ImportBooksRequest> requestStream, ServerCallContext context)
    {
        var response = new ImportBooksResponse();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                var request = requestStream.Current;
                if (response.Messages++ == 0)
                {
                    response.ImportId = request.ImportId;
                    response.DryRun = request.DryRun;
                    response.ContentType = request.File.ContentType;
                }
                else if (request.ImportId.Length > 0 || request.File.ContentType.Length > 0)
                {
                    throw new RpcException(new Status(StatusCode.Internal, "Only the first message has parameters."));
                }
                response.Bytes += request.File.Data.Length;
                response.Largest = Math.Max(response.Largest, request.File.Data.Length);
                hash.AppendData(request.File.Data.Span);
                Chunks.Writer.TryWrite(request.File.Data.Length);
            }
            UploadEnds.Writer.TryWrite(true);
        }
        catch (Exception)
        {
            UploadEnds.Writer.TryWrite(false);
            throw;
        }
        response.Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return response;
    }

    public override Task<ImportBooksResponse> UploadCover(UploadCoverRequest request, ServerCallContext context) =>
        Answer(context, new ImportBooksResponse
        {
            ImportId = request.BookId, ContentType = request.File.ContentType, Bytes = request.File.Data.Length,
        });

    public override async Task ExportBooks(
        ExportBooksRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync([new("content-disposition", "attachment; filename=\"books.csv\"")]);
        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(new HttpBody
            {
                ContentType = i == 0 ? "text/csv; charset=utf-8" : "",
                Data = ByteString.CopyFromUtf8(await Releases.Reader.ReadAsync(context.CancellationToken)),
            });
        }
        if (request.Code != 0)
            throw new RpcException(new Status((StatusCode)request.Code, "over"));
    }

    public override Task<HttpBody> DownloadCover(GetBookRequest request, ServerCallContext context) =>
        Answer(context, new HttpBody { ContentType = "image/png", Data = ByteString.CopyFrom(1, 2, 3) });

    public override async Task Chat(
        IAsyncStreamReader<Book> requestStream, IServerStreamWriter<Book> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
            await responseStream.WriteAsync(requestStream.Current);
    }

    Task<T> Answer<T>(ServerCallContext context, T response)
    {
        Received[context.Method[(context.Method.LastIndexOf('/') + 1)..]] = context.RequestHeaders;
        return Task.FromResult(response);
    }
}
