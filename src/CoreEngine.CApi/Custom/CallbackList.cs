using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>
/// Functions of a frontend, the list of which either side may have made. The list's function at some place says when the
/// frontend may forget them; it is called once, on a thread that calls this library.
/// </summary>
internal sealed unsafe class CallbackList : IDisposable
{
    // A finaliser must not call frontends, some of which know one thread only: what it finds waits here.
    private static readonly ConcurrentQueue<Ending> s_forgotten = new();

    private readonly Ending _ending;
    private int _isEnded;

    private CallbackList(MXCallbackList* list, int deletion, bool isOwn) => _ending = new Ending(list, deletion, isOwn);

    ~CallbackList()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
            s_forgotten.Enqueue(_ending);
    }

    /// <summary>How many functions there are.</summary>
    internal int Count => _ending.List->Count;

    /// <summary>Has a frontend fill in a list of ours.</summary>
    /// <param name="deletion">The place of the function that ends the list.</param>
    /// <param name="fewest">How many functions there must be.</param>
    /// <param name="fill">What fills it in; false when it fails.</param>
    /// <returns>The list; null when it could not be filled in.</returns>
    internal static CallbackList? Fill(int deletion, int fewest, Filling fill)
    {
        var list = (MXCallbackList*)NativeMemory.AllocZeroed((nuint)sizeof(MXCallbackList));
        bool isFilled = false;
        try
        {
            isFilled = fill(list) && IsComplete(list, fewest);
        }
        finally
        {
            if (!isFilled)
                NativeMemory.Free(list);
        }

        return isFilled ? new CallbackList(list, deletion, isOwn: true) : null;
    }

    /// <summary>A list of the frontend's, which keeps it until it is told that it ended.</summary>
    /// <exception cref="EngineException">A function is missing.</exception>
    internal static CallbackList Of(MXCallbackList* list, int deletion, int fewest)
    {
        if (list is null || !IsComplete(list, fewest))
            throw new EngineException($"'callbacks' must be a list of {fewest} functions with a context for each.");
        return new CallbackList(list, deletion, isOwn: false);
    }

    /// <summary>Ends the lists that were forgotten; to be called where a frontend may be called back.</summary>
    internal static void EndForgotten()
    {
        while (s_forgotten.TryDequeue(out Ending? ending))
        {
            ending.Run();
        }
    }

    /// <summary>A function; null when there is none at this place.</summary>
    internal void* Function(int place) => place < Count ? _ending.List->Callbacks[place] : null;

    /// <summary>The context of a function.</summary>
    internal void* Context(int place) => _ending.List->Contexts[place];

    /// <summary>Tells the frontend that its functions will not be called any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
            return;
        GC.SuppressFinalize(this);
        _ending.Run();
    }

    private static bool IsComplete(MXCallbackList* list, int fewest)
    {
        if (list->Count < fewest || list->Callbacks is null || list->Contexts is null)
            return false;
        for (int i = 0; i < fewest; i++)
        {
            if (list->Callbacks[i] is null)
                return false;
        }

        return true;
    }

    /// <summary>Fills in a list; false when that fails.</summary>
    internal delegate bool Filling(MXCallbackList* list);

    private sealed class Ending(MXCallbackList* list, int deletion, bool isOwn)
    {
        internal MXCallbackList* List => list;

        internal void Run()
        {
            // Its result says nothing that anybody could act on.
            _ = ((delegate* unmanaged[Cdecl]<void*, int>)list->Callbacks[deletion])(list->Contexts[deletion]);
            if (isOwn)
                NativeMemory.Free(list);
        }
    }
}
