using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Routing;
using static Grpc.Reflection.V1.ServerReflectionRequest;

namespace Grpc.Reflection;

/// <summary>Describes every service that the application has mapped, and all that they import.</summary>
sealed class ReflectionService(EndpointDataSource endpoints) : ServerReflection.ServerReflectionBase
{
    readonly Lazy<Contract> _contract = new(() => new Contract(endpoints));

    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var response = Answer(requestStream.Current, _contract.Value);
            response.ValidHost = requestStream.Current.Host;
            response.OriginalRequest = requestStream.Current;
            await responseStream.WriteAsync(response);
        }
    }

    static ServerReflectionResponse Answer(ServerReflectionRequest request, Contract contract) => request.MessageRequestCase switch
    {
        MessageRequestOneofCase.FileByFilename => Answer(contract.Files.GetValueOrDefault(request.FileByFilename)),
        MessageRequestOneofCase.FileContainingSymbol => Answer(contract.Symbols.GetValueOrDefault(request.FileContainingSymbol)),
        MessageRequestOneofCase.FileContainingExtension => Answer(contract.Extensions
            .GetValueOrDefault(request.FileContainingExtension.ContainingType)?
            .GetValueOrDefault(request.FileContainingExtension.ExtensionNumber)),
        MessageRequestOneofCase.AllExtensionNumbersOfType when contract.Symbols.ContainsKey(request.AllExtensionNumbersOfType) => new()
        {
            AllExtensionNumbersResponse = new()
            {
                BaseTypeName = request.AllExtensionNumbersOfType,
                ExtensionNumber =
                {
                    contract.Extensions.GetValueOrDefault(request.AllExtensionNumbersOfType)?.Keys ?? Enumerable.Empty<int>(),
                },
            },
        },
        MessageRequestOneofCase.AllExtensionNumbersOfType => NotFound(),
        MessageRequestOneofCase.ListServices => new()
        {
            ListServicesResponse = new() { Service = { contract.Services.Select(name => new ServiceResponse { Name = name }) } },
        },
        _ => Error(StatusCode.InvalidArgument, "The request asks for nothing."),
    };

    static ServerReflectionResponse Answer(FileDescriptor? file) => file is null ? NotFound() : new()
    {
        FileDescriptorResponse = new() { FileDescriptorProto = { Contract.WithImports(file).Select(each => each.SerializedData) } },
    };

    static ServerReflectionResponse NotFound() => Error(StatusCode.NotFound, "This server knows no such name.");

    static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message } };

    /// <summary>The mapped services' descriptors by every name that a client may ask by.</summary>
    sealed class Contract
    {
        public Contract(EndpointDataSource endpoints)
        {
            var services = endpoints.Endpoints
                .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType
                    .GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)?.BindType.GetProperty("Descriptor")?.GetValue(null))
                .OfType<ServiceDescriptor>()
                .Distinct()
                .OrderBy(service => service.FullName, StringComparer.Ordinal)
                .ToList();
            Services = [.. services.Select(service => service.FullName)];
            foreach (var file in services.SelectMany(service => WithImports(service.File)).Distinct())
                Add(file);
        }

        public IReadOnlyList<string> Services { get; }
        public Dictionary<string, FileDescriptor> Files { get; } = new(StringComparer.Ordinal);
        public Dictionary<string, FileDescriptor> Symbols { get; } = new(StringComparer.Ordinal);
        public Dictionary<string, Dictionary<int, FileDescriptor>> Extensions { get; } = new(StringComparer.Ordinal);

        public static IEnumerable<FileDescriptor> WithImports(FileDescriptor file) =>
            file.Dependencies.SelectMany(WithImports).Prepend(file).Distinct();

        void Add(FileDescriptor file)
        {
            Files[file.Name] = file;
            foreach (var service in file.Services)
            {
                Symbols[service.FullName] = file;
                foreach (var method in service.Methods)
                    Symbols[method.FullName] = file;
            }
            Add(file, file.MessageTypes, file.EnumTypes, file.Extensions);
        }

        void Add(FileDescriptor file, IList<MessageDescriptor> messages, IList<EnumDescriptor> enums, ExtensionCollection extensions)
        {
            foreach (var message in messages)
            {
                Symbols[message.FullName] = file;
                foreach (var field in message.Fields.InDeclarationOrder())
                    Symbols[field.FullName] = file;
                foreach (var oneof in message.Oneofs)
                    Symbols[oneof.FullName] = file;
                Add(file, message.NestedTypes, message.EnumTypes, message.Extensions);
            }
            foreach (var type in enums)
            {
                Symbols[type.FullName] = file;
                foreach (var value in type.Values)
                    Symbols[value.FullName] = file;
            }
            foreach (var extension in extensions.UnorderedExtensions)
            {
                Symbols[extension.FullName] = file;
                if (!Extensions.TryGetValue(extension.ExtendeeType.FullName, out var byNumber))
                    Extensions[extension.ExtendeeType.FullName] = byNumber = [];
                byNumber[extension.FieldNumber] = file;
            }
        }
    }
}
