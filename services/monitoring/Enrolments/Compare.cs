using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EnrolmentsService
{
    public override Task<EnrolmentComparison> CompareEnrolments(CompareEnrolmentsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("enrolment_comparison_id", request.EnrolmentComparisonId);
            var division = fields.Division("comparison.division", request.Comparison.Division, minDigits: Divisions.DigitsOf(Common.V1.Level.County));
            var term = new Term(
                (int)fields.Number("comparison.school_year", request.Comparison.SchoolYear, 2000, 2100), (int)fields.Number("comparison.term", request.Comparison.Term, 1, 2));
            fields.Check();
            if (!Divisions.Covers(transaction.Caller.Division, division))
                throw new NotFoundException("division", division);

            if (await transaction.FindComparison(id) is { } known)
                return ToContract(known).SameAs(ToContract(known with { Division = division, Term = term }));
            var age = SchoolAge.Of(policies, division, term);
            var count = (await transaction.CountChildren(division, term, age))!;
            Rules.RegisterThere.Require(count.Enrolled > 0, term.SchoolYear, term.Number);
            var comparison = new Comparison(id, division, term, transaction.Today, count, age.Citations);
            if (request.DryRun)
                return ToContract(comparison);

            // What another comparison or a report entered meanwhile is none of this one's.
            comparison = comparison with { Count = count with { Suspected = await transaction.OpenUnenrolled(division, term, age) } };
            await transaction.Insert(comparison);
            transaction.Publish(new EnrolmentsCompared
            {
                EnrolmentComparisonId = id.ToString(),
                Division = division,
                SchoolYear = term.SchoolYear,
                Term = term.Number,
                Children = comparison.Count.Children,
                Suspected = comparison.Count.Suspected,
            }, id.ToString(), division, 1);
            return ToContract(comparison);
        });
}
