using Governance.Employment.V1;
using Governance.Housing.V1;
using Governance.Funds.V1;
using Governance.Platform;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Property.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Governance.Monitoring;

public static class Program
{
    public static Task Main(string[] args) => Service.Run("monitoring", args, Configure);

    /// <summary>What the service serves and listens to.</summary>
    public static void Configure(ServiceBuilder service)
    {
        service
            .Rules(typeof(Rules))
            .Policies(typeof(MonitoringPolicies))
            .KeepDirectories()
            .Procedure(Identification.Definition, Identification.Completed)
            .Procedure(ClearancesService.Definition, ClearancesService.Completed)
            .Procedure(ExitProcedure.Definition, ExitProcedure.Completed, ExitProcedure.Stepped)
            .Procedure(EducationAidsService.Definition, EducationAidsService.Completed)
            .Procedure(VerificationsService.Definition, VerificationsService.Completed)
            .On<HouseholdDwellingChanged>(OnHouseholdDwellingChanged.Handle)
            .On<HouseholdEmploymentChanged>(OnHouseholdEmploymentChanged.Handle)
            .On<MemberEmploymentChanged>(OnMemberEmploymentChanged.Handle)
            .On<AccountArrearsChanged>(OnAccountArrearsChanged.Handle)
            .Serve<HouseholdsService>()
            .Serve<HandOversService>()
            .Serve<IncomesService>()
            .Serve<CluesService>()
            .Serve<ScreeningService>()
            .Serve<AidsService>()
            .Serve<SweepsService>()
            .Serve<PlansService>()
            .Serve<ClearancesService>()
            .Serve<ExitsService>()
            .Serve<EducationAidsService>()
            .Serve<NoticesService>()
            .Serve<ListsService>()
            .Serve<VerificationsService>()
            .Serve<LowIncomeService>()
            .Serve<InsurancesService>()
            .On<PaymentSettled>(OnPayment.Settled)
            .On<PaymentFailed>(OnPayment.Failed)
            .Serve<DropOutsService>()
            .Serve<EnrolmentsService>()
            .Serve<FamilyDoctorsService>()
            .Serve<BriefingsService>()
            .Serve<KeyVillagesService>()
            .Serve<ProceduresService>()
            .Serve<IndicatorsService>()
            .Serve<PoliciesService>()
            .Serve<OperationsService>();
        foreach (var indicator in MonitoringIndicators.All)
            service.Indicator(indicator);
        Worker<ClueClock>(service);
        Worker<RegistryClock>(service);
        Worker<SignalClerk>(service);
        Worker<ScreeningClock>(service);
        Worker<SectorClock>(service);
        Worker<ListClock>(service);
    }

    static void Worker<T>(ServiceBuilder service) where T : class, IHostedService
    {
        service.Services.AddSingleton<T>();
        service.Services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
