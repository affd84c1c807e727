using System.Net;
using System.Net.Sockets;

namespace Governance.Support;

/// <summary>
/// Ports for what has to know its port before it listens. They lie below the range from which the kernel takes the local end of
/// outgoing connections, so that no connection can take one between the look and the listening.
/// </summary>
public static class Ports
{
    const int First = 10_000, End = 32_768;

    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            if (IsFree(port))
                return port;
        }
    }

    /// <summary>What to add to each of the usual ports to have them all free.</summary>
    public static int FreeOffset(params ReadOnlySpan<int> usual)
    {
        while (true)
        {
            var offset = First + (Random.Shared.Next((End - First) / 100) * 100);
            var free = true;
            foreach (var port in usual)
                free = free && port + offset < End && IsFree(port + offset);
            if (free)
                return offset;
        }
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
