using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class LowIncomeService
{
    public override Task<CountLowIncomeResponse> CountLowIncome(CountLowIncomeRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var level = fields.Choice("level", request.Level, required: false);
            fields.Check();

            var digits = level == Level.Unspecified ? division.Length : Platform.Divisions.DigitsOf(level);
            return new CountLowIncomeResponse { Counts = { await transaction.CountLowIncome(division, digits) } };
        });
}
