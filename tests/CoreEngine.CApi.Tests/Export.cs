using System.Reflection;
using System.Runtime.InteropServices;
using CoreEngine.Abi;
using CoreEngine.Tests;

namespace CoreEngine.CApi.Tests;

/// <summary>An exported function, called the way C calls it.</summary>
internal sealed unsafe class Export
{
    // The longest list of parameters is shorter than this. The calling convention lets a caller pass more than the callee
    // reads, so that one signature serves all.
    private const int Most = 36;

    private readonly delegate* unmanaged[Cdecl]<
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint> _code;

    private Export(AbiFunction function)
    {
        Function = function;
        Address = typeof(Exports)
            .GetMethod(function.Name, BindingFlags.Static | BindingFlags.NonPublic)!
            .MethodHandle.GetFunctionPointer();
        _code = (delegate* unmanaged[Cdecl]<
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint,
            nint>)Address;
    }

    /// <summary>All of them, in the list's order.</summary>
    public static IReadOnlyList<Export> All { get; } = [.. AbiList.Read(Checkout.Root).Select(f => new Export(f))];

    private static readonly Dictionary<string, Export> s_byName = All.ToDictionary(export => export.Function.Name);

    /// <summary>Its declaration.</summary>
    public AbiFunction Function { get; }

    /// <summary>Where its code begins.</summary>
    public nint Address { get; }

    /// <summary>The calling thread's last error.</summary>
    public static string LastError => Marshal.PtrToStringUTF8(Of("MXGetLastError").Call()) ?? "";

    /// <summary>The function of a name.</summary>
    public static Export Of(string name) => s_byName[name];

    /// <summary>Calls it; parameters that are floating point numbers are left out and arbitrary.</summary>
    /// <returns>The result as the register has it.</returns>
    public nint Call(params ReadOnlySpan<nint> arguments)
    {
        Span<nint> a = stackalloc nint[Most];
        a.Clear();
        arguments.CopyTo(a);
        return _code(
            a[0],
            a[1],
            a[2],
            a[3],
            a[4],
            a[5],
            a[6],
            a[7],
            a[8],
            a[9],
            a[10],
            a[11],
            a[12],
            a[13],
            a[14],
            a[15],
            a[16],
            a[17],
            a[18],
            a[19],
            a[20],
            a[21],
            a[22],
            a[23],
            a[24],
            a[25],
            a[26],
            a[27],
            a[28],
            a[29],
            a[30],
            a[31],
            a[32],
            a[33],
            a[34],
            a[35]
        );
    }

    /// <summary>Calls a function that returns 0 or -1.</summary>
    public int Status(params ReadOnlySpan<nint> arguments) => (int)Call(arguments);

    /// <summary>Calls a function by name and fails the test when it fails.</summary>
    public static void Do(string name, params ReadOnlySpan<nint> arguments)
    {
        if (Of(name).Status(arguments) != 0)
            Assert.Fail($"{name}: {LastError}");
    }
}
