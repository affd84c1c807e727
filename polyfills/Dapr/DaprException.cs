namespace Dapr;

/// <summary>The sidecar could not be reached or refused what it was asked; the inner exception says which.</summary>
public class DaprException : Exception
{
    public DaprException(string message) : base(message)
    {
    }

    public DaprException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
