using Google.Api;
using Google.Protobuf;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

/// <summary>Answers with a form in the format that the caller asked for.</summary>
static class FormAnswer
{
    /// <summary>Whether the field "format" asks for a Word file rather than a page.</summary>
    public static bool IsFile(this Fields fields, string format)
    {
        if (format is not ("" or "html" or "docx"))
            fields.Wrong("format", "NOT_A_FORMAT", "字段 format 必须是 html 或 docx。", "Field \"format\" must be html or docx.");
        return format == "docx";
    }

    /// <summary>The form as a page, or as a Word file to be saved as <paramref name="name"/>.</summary>
    public static async Task<HttpBody> Answer(this ServerCallContext context, Form form, string name, bool isFile)
    {
        if (!isFile)
            return new HttpBody { ContentType = FormPage.ContentType, Data = ByteString.CopyFrom(FormPage.Write(form.Title, form)) };
        await context.WriteResponseHeadersAsync(new Metadata { { "content-disposition", $"attachment; filename=\"{name}.docx\"" } });
        return new HttpBody { ContentType = FormFile.ContentType, Data = ByteString.CopyFrom(FormFile.Write(form)) };
    }
}
