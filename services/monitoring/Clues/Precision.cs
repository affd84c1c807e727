using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class CluesService
{
    public override Task<ListCluePrecisionResponse> ListCluePrecision(ListCluePrecisionRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var from = fields.Date("from_date", request.FromDate, required: false) ?? DateOnly.MinValue;
            var until = fields.Date("until_date", request.UntilDate, required: false) ?? DateOnly.MaxValue;
            fields.Check();

            var sources = await transaction.Precision(division, from, until);
            return new ListCluePrecisionResponse
            {
                Sources =
                {
                    sources.Select(source =>
                    {
                        var precision = new V1.CluePrecision
                        {
                            Source = source.Source,
                            Rule = source.Rule,
                            Title = source.Rule.Length == 0 ? "" : ClueRules.Of(source.Rule).Title.In(context.Locale()),
                            Raised = source.Raised,
                            Waiting = source.Waiting,
                            Lapsed = source.Lapsed,
                            Verified = source.Verified,
                            Deciding = source.Deciding,
                            Identified = source.Identified,
                            Refuted = source.Refuted,
                            Joined = source.Joined,
                        };
                        if (source.Identified + source.Refuted > 0)
                            precision.Share = (double)source.Identified / (source.Identified + source.Refuted);
                        return precision;
                    }),
                },
            };
        });
}
