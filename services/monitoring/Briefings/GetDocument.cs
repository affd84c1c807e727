using Google.Api;
using Governance.Monitoring.V1;
using Governance.Platform.Directories;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class BriefingsService
{
    public override Task<HttpBody> GetBriefingDocument(GetBriefingDocumentRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("briefing_id", request.BriefingId);
            var isFile = fields.IsFile(request.Format);
            fields.Check();

            var briefing = await transaction.Briefing(id);
            var names = await transaction.DivisionNames([.. briefing.Figures.Select(figure => figure.Part), briefing.Division]);
            return await context.Answer(BriefingForm.Fill(briefing, names), $"briefing-{DropOut.Month(briefing.Month)}", isFile);
        });
}
