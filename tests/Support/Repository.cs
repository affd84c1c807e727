namespace Governance.Support;

/// <summary>The repository that the tests run in: its samples, policies and realm are what they test.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Run the tests inside the repository.");
        return folder.FullName;
    }
}
