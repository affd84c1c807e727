using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Directories;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> RegisterHousehold(RegisterHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = Parse(fields, fields.Id("household_id", request.HouseholdId), request.Household, transaction.Today);
            fields.Check();

            if (await transaction.FindHousehold(household.Id) is not null)
            {
                var known = await transaction.HouseholdToShow(household.Id);
                ToContract(known, masked: false).SameAs(ToContract(known with { Household = household.AlignedTo(known.Household) },
                    masked: false));
                return ToContract(known);
            }

            household = household.Register();
            await RequireFree(transaction, household);
            await RequireHome(transaction, household.Home);
            await transaction.Insert(household);
            transaction.Publish(new HouseholdRegistered { Household = household.Facts() }, household.Id.ToString(), household.Division,
                household.Version);
            return ToContract(await transaction.HouseholdToShow(household.Id));
        });

    /// <summary>The village and the settlement are in the directory, and the settlement lies in the village's county.</summary>
    internal static async Task RequireHome(Transaction transaction, Home home)
    {
        Rules.UnknownDivision.Require(await transaction.DivisionExists(home.Division), home.Division);
        if (home.Settlement is { } id)
        {
            var settlement = await transaction.Settlement(id);
            Rules.UnknownSettlement.Require(settlement is not null && County(settlement.Division) == County(home.Division), id);
        }

        static string County(string division) => Divisions.At(Level.County, division);
    }

    /// <summary>The number and the members are registered nowhere else.</summary>
    static async Task RequireFree(Transaction transaction, Household household)
    {
        await RequireFreeNumber(transaction, household.Number);
        await RequireFree(transaction, household.Members);
    }

    static async Task RequireFreeNumber(Transaction transaction, string number)
    {
        if (await transaction.NumberIsHere(number) is { } here)
            throw here ? new AlreadyExistsException("household", "number") : Rules.NumberElsewhere.Broken();
    }

    static async Task RequireFree(Transaction transaction, params IEnumerable<Member> members)
    {
        if ((await transaction.RegisteredPeople([.. members.Select(member => member.Number.Hash)])).FirstOrDefault() is { } registered)
            throw registered.Number is { } number ? Rules.RegisteredAlready.Broken(number) : Rules.RegisteredElsewhere.Broken();
    }
}
