using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Directories;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class NoticesService
{
    public override Task<HttpBody> ShowBoard(ShowBoardRequest request, ServerCallContext context) =>
        Visit(context, request.Division, async transaction =>
        {
            // A sheet is in the language that the law has it in, whoever reads it.
            var (notices, next) = await Board(transaction, request.PageSize, request.PageToken, Locale.Zh);
            var place = await transaction.DivisionName(request.Division) ?? request.Division;
            var sheets = notices.ConvertAll(Sheet);
            if (sheets.Count == 0)
                sheets.Add(new Form($"{place}公示栏", new FormLine("目前没有正在公示、公告的事项。")));
            if (next.Length > 0)
                sheets.Add(new Form($"{place}公示栏", new FormLine($"后面还有公示、公告。下一页的 page_token 为：{next}")));
            return new HttpBody { ContentType = FormPage.ContentType, Data = ByteString.CopyFrom(FormPage.Write($"{place}公示栏", sheets)) };
        });

    static Form Sheet(Notice notice)
    {
        var word = notice.Kind == StepKind.Notice ? "公示" : "公告";
        return new Form(notice.Title,
            new FormTable([new("序号", 15), new("户主姓名", 40), new("所在村（社区）", 45)],
                [.. notice.Householders.Select((name, index) => (string[])[$"{index + 1}", name, notice.DivisionName])]),
            new FormLine($"{word}期：{Texts.Day(Texts.ParseDay(notice.FromDate))}至{Texts.Day(Texts.ParseDay(notice.UntilDate))}。"),
            new FormLine(notice.Kind == StepKind.Notice
                ? $"公示期内如有异议，请以书面或口头形式向{notice.Contact}反映。"
                : $"如有疑问，请向{notice.Contact}反映。"));
    }
}
