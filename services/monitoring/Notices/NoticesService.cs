using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Directories;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

/// <summary>The public notice board; one file per rpc.</summary>
sealed partial class NoticesService(Database database, PolicyBook policies, Platform.Procedures.Procedures procedures) : V1.Notices.NoticesBase
{
    const int MostNotices = 100;

    /// <summary>
    /// Looks as a visitor of <paramref name="division"/>, a township or a village, whoever calls: nobody sees more for being signed in, and
    /// nobody leafs through a county.
    /// </summary>
    Task<T> Visit<T>(ServerCallContext context, string division, Func<Transaction, Task<T>> look)
    {
        var fields = new Fields();
        fields.Division("division", division, minDigits: 9);
        fields.Check();
        return database.Transact(Caller.Visitor(division), context.Method, look, context.CancellationToken);
    }

    /// <summary>One page of what is on.</summary>
    async Task<(List<V1.Notice> Notices, string Next)> Board(Transaction transaction, int pageSize, string pageToken, Locale locale)
    {
        var page = Page.From(pageSize, pageToken, MostNotices);
        var open = await procedures.Notices(transaction, page.AfterId, page.Limit);
        var next = page.Cut(open, notice => notice.Procedure.ToString());
        return (await ToContract(transaction, open, locale), next);
    }

    async Task<List<V1.Notice>> ToContract(Transaction transaction, List<OpenNotice> open, Locale locale)
    {
        var names = await transaction.DivisionNames([.. open.Select(notice => notice.Division).Distinct(StringComparer.Ordinal)]);
        var householders = await transaction.NoticedHouseholders([.. open.Select(notice => Guid.Parse(notice.Subject))]);
        return open.ConvertAll(notice =>
        {
            var place = names.GetValueOrDefault(notice.Division, notice.Division);
            return new V1.Notice
            {
                Id = notice.Procedure.ToString(),
                Kind = notice.Step.Kind,
                Title = new Text($"{place}{notice.Matter.Zh}{notice.Step.Title.Zh}", $"{place}: {notice.Matter.En}, {notice.Step.Title.En}").In(locale),
                Division = notice.Division,
                DivisionName = place,
                FromDate = Calendar.Format(notice.Opened.AddDays(1)),
                UntilDate = Calendar.Format(notice.Until),
                Householders = { householders[Guid.Parse(notice.Subject)] },
                Contact = policies.Get(MonitoringPolicies.NoticeContact, notice.Division, transaction.Today).Value,
            };
        });
    }
}
