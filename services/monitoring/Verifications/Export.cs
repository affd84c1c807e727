using Google.Api;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Audit;
using Governance.Platform.Identity;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    static readonly ImportColumn[] _formColumns =
    [
        new("核查编号", "verification_id"), new("现居行政区划", "division"), new("户编号", "number"), new("成员", "member"), new("类别", "kind"), new("名单姓名", "name"),
        new("资产标识", "asset"), new("发生日期", "date"), new("金额", "amount") { IsNumber = true }, new("说明", "description"), new("姓名不符", "name_differs"), new("状态", "state"),
    ];

    public override async Task ExportVerifications(ExportVerificationsRequest request, IServerStreamWriter<HttpBody> responses,
        ServerCallContext context)
    {
        var fields = new Fields();
        var list = fields.Id("department_list_id", request.DepartmentListId);
        var purpose = fields.Text("purpose", request.Purpose, 500);
        fields.Check();

        // The look is on record before the first row leaves: a caller who breaks off has seen what came before.
        var ids = await database.Transact(context, async transaction =>
        {
            var assigned = await transaction.AssignedVerifications(list);
            if (assigned.Count == 0)
                throw new NotFoundException("department list", list.ToString());
            await AuditTrail.Record(transaction, transaction.Caller.Division, [list.ToString(), .. assigned.Select(id => id.ToString())], purpose);
            return assigned;
        });
        await database.Transact(context, async transaction =>
        {
            var rows = transaction.CheckForms(list, ids).Select(form => Cells(form, ListedRow.Reveal(personal, form.Row), context.Locale()));
            await Table.Write(request.Format, _formColumns, rows, responses, context);
            return true;
        });
    }

    static IEnumerable<string> Cells(CheckForm form, ListedRow row, Locale locale) =>
    [
        form.Id.ToString(), form.Division, form.HouseholdNumber, Mask.Name(form.Name), ExportWords.Of(form.Kind).In(locale), row.Name, row.Asset, Calendar.Format(row.Date),
        row.AmountFen is { } amount ? Texts.Yuan(amount) : "", row.Description, form.NameDiffers ? new Text("是", "yes").In(locale) : "", ExportWords.Of(form.State).In(locale),
    ];
}
