using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Governance.Journeys.Tests;

/// <summary>
/// Calls any rpc by its descriptor alone, with a request filled from what an attacker would like to see: the ids and the division of
/// somebody else's county.
/// </summary>
static class Probe
{
    static readonly Marshaller<byte[]> _bytes = Marshallers.Create<byte[]>((message, context) => context.Complete(message), context => context.PayloadAsNewBuffer());

    /// <summary>The answer in JSON, or the status code where the call is refused.</summary>
    public static async Task<(string Json, StatusCode Status)> Call(CallInvoker invoker, MethodDescriptor rpc, IReadOnlyDictionary<string, string> known)
    {
        var request = Fill(rpc.InputType, known, depth: 0).ToByteArray();
        var type = (rpc.IsClientStreaming, rpc.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary, (true, false) => MethodType.ClientStreaming, (false, true) => MethodType.ServerStreaming, _ => MethodType.DuplexStreaming,
        };
        var method = new Method<byte[], byte[]>(type, rpc.Service.FullName, rpc.Name, _bytes, _bytes);
        var answers = new List<byte[]>();
        try
        {
            switch (type)
            {
                case MethodType.Unary:
                    answers.Add(await invoker.AsyncUnaryCall(method, null, default, request));
                    break;
                case MethodType.ServerStreaming:
                    using (var call = invoker.AsyncServerStreamingCall(method, null, default, request))
                    {
                        while (await call.ResponseStream.MoveNext(default))
                            answers.Add(call.ResponseStream.Current);
                    }
                    break;
                case MethodType.ClientStreaming:
                    using (var call = invoker.AsyncClientStreamingCall(method, null, default))
                    {
                        await call.RequestStream.WriteAsync(request);
                        await call.RequestStream.CompleteAsync();
                        answers.Add(await call);
                    }
                    break;
                default:
                    throw new NotSupportedException($"{rpc.FullName} streams both ways; teach the probe to call it.");
            }
        }
        catch (RpcException refused)
        {
            return (refused.Status.Detail, refused.StatusCode);
        }
        return (string.Join('\n', answers.Select(answer => Show(rpc.OutputType.Parser.ParseFrom(answer)))), StatusCode.OK);
    }

    // Raw bytes of a download are shown as text, so that what stands in them is seen.
    static string Show(IMessage message) => message is Google.Api.HttpBody body ? body.Data.ToStringUtf8() : JsonFormatter.Default.Format(message);

    static IMessage Fill(MessageDescriptor type, IReadOnlyDictionary<string, string> known, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => !field.IsMap && field.RealContainingOneof is null))
        {
            if (Value(field, known, depth) is not { } value)
                continue;
            if (field.IsRepeated)
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
            else
                field.Accessor.SetValue(message, value);
        }
        return message;
    }

    static object? Value(FieldDescriptor field, IReadOnlyDictionary<string, string> known, int depth) => field.FieldType switch
    {
        // "id" inside settlement is a settlement's id: the messages are named after their things.
        FieldType.String => known.GetValueOrDefault(field.Name == "id" ? $"{Snake(field.ContainingType.Name)}_id" : field.Name)
            ?? (field.Name.EndsWith("_id", StringComparison.Ordinal) ? Guid.CreateVersion7().ToString() : IsRequired(field) ? "x" : null),
        FieldType.Enum when IsRequired(field) => field.EnumType.Values.Count > 1 ? field.EnumType.Values[1].Number : 0,
        FieldType.Message when field.MessageType.FullName == FieldMask.Descriptor.FullName => new FieldMask { Paths = { "name" } },
        FieldType.Message when field.MessageType.File.Package.StartsWith("governance.", StringComparison.Ordinal) && depth < 3 && !field.IsRepeated => Fill(field.MessageType, known, depth + 1),
        FieldType.Message when field.MessageType.FullName == Google.Api.HttpBody.Descriptor.FullName => new Google.Api.HttpBody { Data = ByteString.CopyFromUtf8("x\r\n") },
        _ => null,
    };

    static bool IsRequired(FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(Google.Api.FieldBehaviorExtensions.FieldBehavior)?.Contains(Google.Api.FieldBehavior.Required) == true;

    static string Snake(string name) => string.Concat(name.Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
