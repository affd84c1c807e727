using System.Globalization;
using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public override Task<ListVetoesResponse> ListVetoes(ListVetoesRequest request, ServerCallContext context) =>
        database.Transact(context, transaction => Task.FromResult(new ListVetoesResponse
        {
            Vetoes =
            {
                Vetoes.All.Select(veto =>
                {
                    var figure = Vetoes.FigureOf(veto.Key, policies, transaction.Caller.Division, transaction.Today);
                    return new VetoDescription
                    {
                        Veto = veto.Key,
                        Text = string.Format(CultureInfo.InvariantCulture, veto.Value.In(context.Locale()), figure?.Least),
                        Citation = figure?.Citation,
                    };
                }),
            },
        }));
}
