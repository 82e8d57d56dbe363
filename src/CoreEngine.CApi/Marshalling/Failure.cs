using System.Runtime.InteropServices;
using System.Text;

namespace CoreEngine.CApi;

/// <summary>The thread's last error: where every exception ends.</summary>
internal static unsafe class Failure
{
    /// <summary>Said when not even the error's text could be kept.</summary>
    private static readonly byte* s_outOfMemory = Permanent.Text("Out of memory.");

    private static readonly byte* s_none = Permanent.Text("");

    [ThreadStatic]
    private static NativeBuffer? t_text;

    [ThreadStatic]
    private static byte* t_last;

    /// <summary>The text of the thread's latest failure; it stays until the next one.</summary>
    internal static byte* Last => t_last is null ? s_none : t_last;

    /// <summary>Keeps what went wrong for the thread that asked.</summary>
    /// <returns>-1, what a function that failed returns.</returns>
    internal static int Record(Exception error)
    {
        try
        {
            Set(Describe(error));
        }
        catch (OutOfMemoryException)
        {
            t_last = s_outOfMemory;
        }

        return -1;
    }

    /// <summary>Keeps a text as the thread's latest failure.</summary>
    internal static void Set(string text)
    {
        NativeBuffer buffer = t_text ??= new NativeBuffer();
        t_last = buffer.Text(text);
    }

    private static string Describe(Exception error) =>
        error switch
        {
            AggregateException { InnerExceptions.Count: 1 } several => Describe(several.InnerExceptions[0]),
            OutOfMemoryException => "Out of memory.",
            ArgumentException or InvalidOperationException or NotSupportedException => error.Message,
            EngineException => error.Message,
            _ => $"{error.GetType().Name}: {error.Message}",
        };
}
