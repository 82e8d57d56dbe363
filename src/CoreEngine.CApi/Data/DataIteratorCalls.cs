using CoreEngine.Data;

namespace CoreEngine.CApi;

/// <summary>Data iterators.</summary>
internal static unsafe partial class DataIteratorCalls
{
    private static readonly Lazy<nint[]> s_creators = new(() =>
        [.. DataIterators.All.Select(d => Handles.Add(HandleKind.IteratorCreator, new IteratorEntry(d)))]
    );

    private static readonly Lazy<nint> s_list = new(() => (nint)Permanent.Handles(s_creators.Value));

    internal static void MXListDataIters(uint* outSize, nint** outArray)
    {
        Pointers.Require(outSize, "out_size");
        Pointers.Require(outArray, "out_array");
        *outArray = (nint*)s_list.Value;
        *outSize = (uint)s_creators.Value.Length;
    }

    internal static void MXDataIterCreateIter(nint handle, uint numParam, byte** keys, byte** vals, nint* @out)
    {
        IteratorEntry entry = Creator(handle, nameof(handle));
        Dictionary<string, string> parameters = Text.Attributes(keys, vals, numParam);
        Pointers.Require(@out, "out");
        DataIterator iterator = entry.Definition.Create(parameters);
        *@out = Handles.Add(HandleKind.DataIterator, new OpenIterator(iterator));
    }

    internal static void MXDataIterGetIterInfo(
        nint creator,
        byte** name,
        byte** description,
        uint* numArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions
    )
    {
        IteratorEntry entry = Creator(creator, nameof(creator));
        Pointers.Require(name, nameof(name));
        Pointers.Require(description, nameof(description));
        Pointers.Require(numArgs, "num_args");
        Pointers.Require(argNames, "arg_names");
        Pointers.Require(argTypeInfos, "arg_type_infos");
        Pointers.Require(argDescriptions, "arg_descriptions");
        *name = entry.Name;
        *description = entry.Description;
        *numArgs = entry.Count;
        *argNames = entry.Names;
        *argTypeInfos = entry.Types;
        *argDescriptions = entry.Abouts;
    }

    internal static void MXDataIterFree(nint handle)
    {
        if (Handles.Remove(handle, HandleKind.DataIterator, nameof(handle)) is not OpenIterator open)
            return;
        lock (open)
        {
            open.Iterator.Dispose();
        }
    }

    internal static void MXDataIterNext(nint handle, int* @out)
    {
        OpenIterator open = Open(handle);
        Pointers.Require(@out, "out");
        lock (open)
        {
            *@out = open.Iterator.Next() ? 1 : 0;
        }
    }

    internal static void MXDataIterBeforeFirst(nint handle)
    {
        OpenIterator open = Open(handle);
        lock (open)
        {
            open.Iterator.Reset();
        }
    }

    internal static void MXDataIterGetData(nint handle, nint* @out)
    {
        OpenIterator open = Open(handle);
        Pointers.Require(@out, "out");
        lock (open)
        {
            *@out = Handles.Add(open.Iterator.Current.Data.Detach());
        }
    }

    internal static void MXDataIterGetLabel(nint handle, nint* @out)
    {
        OpenIterator open = Open(handle);
        Pointers.Require(@out, "out");
        lock (open)
        {
            *@out = Handles.Add(open.Iterator.Current.Label.Detach());
        }
    }

    internal static void MXDataIterGetIndex(nint handle, ulong** outIndex, ulong* outSize)
    {
        OpenIterator open = Open(handle);
        Pointers.Require(outIndex, "out_index");
        Pointers.Require(outSize, "out_size");
        lock (open)
        {
            ulong[] index = open.Iterator.Current.Index;
            *outIndex = open.Index.Copy<ulong>(index);
            *outSize = (ulong)index.Length;
        }
    }

    internal static void MXDataIterGetPadNum(nint handle, int* pad)
    {
        OpenIterator open = Open(handle);
        Pointers.Require(pad, nameof(pad));
        lock (open)
        {
            *pad = open.Iterator.Current.Pad;
        }
    }

    private static OpenIterator Open(nint handle) =>
        Handles.Get<OpenIterator>(handle, HandleKind.DataIterator, nameof(handle));

    private static IteratorEntry Creator(nint handle, string argument) =>
        Handles.Get<IteratorEntry>(handle, HandleKind.IteratorCreator, argument);
}
