using CoreEngine.Tests;

namespace CoreEngine.Conformance.Tests;

/// <summary>The golden data of this checkout.</summary>
internal static class Golden
{
    public static GoldenFolder Folder { get; } = new(Checkout.GoldenData);
}
